"""What a person wrote in a cell, brought to canonical text, or what is wrong with it."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from impact_analytics.formats import short_day
from impact_analytics.i18n import LANGUAGES
from impact_analytics.problems import Severity
from impact_analytics.sheets.cells import Value
from impact_analytics.sheets.form import Kind, Option

CENT = Decimal("0.01")
ARTEFACT = Decimal("0.000001")  # 0.1 + 0.2 is 0.30000000000000004: less than this from a cent is the cent
LARGEST = Decimal(10) ** 13  # beyond, a spreadsheet's number no longer holds the cents
YEARS = (1990, 2099)
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UNAMBIGUOUS = tuple(
    map(
        re.compile,
        (
            r"(?P<whole>[0-9]+)",
            r"(?P<whole>[0-9]+)[.,](?P<cents>[0-9]{1,2})",
            r"(?P<whole>[0-9]{1,3}(?:[.][0-9]{3})+),(?P<cents>[0-9]{1,2})",
            r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+)[.](?P<cents>[0-9]{1,2})",
            r"(?P<whole>[0-9]{1,3}(?: [0-9]{3})+)(?:[.,](?P<cents>[0-9]{1,2}))?",
            r"(?P<whole>[0-9]{1,3}(?:[.][0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3}){2,})",
        ),
    )
)
AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
LONG_FRACTION = re.compile(r"[0-9]+[.,][0-9]{3,}")
DAYS = (
    re.compile(r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?:[T ]00:00(?::00)?)?"),
)


@dataclass(frozen=True)
class Remark:
    """What there is to say of a cell."""

    severity: Severity
    rule: str
    value: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


Judged = tuple[str | None, Remark | None]


def judged(value: Value, kind: Kind, options: Sequence[Option] = ()) -> Judged:
    """Return the canonical text of a cell, None where it is blank or wrong, and what there is to say of it."""
    if isinstance(value, str) and not value.strip():
        return None, None
    if kind == "choice":
        return _choice(value, options)
    return JUDGES[kind](value)


def plain(value: Value) -> str:
    """Return a cell as a person would read it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < LARGEST else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value).split())


def _text(value: Value) -> Judged:
    said = value if isinstance(value, str) else plain(value)
    return UNSEEN.sub("", said.replace("\r\n", "\n").replace("\r", "\n")).strip() or None, None


def _amount(value: Value) -> Judged:
    number, remark = _number(value, "not_amount")
    if number is None:
        return None, remark
    cents = number.quantize(CENT)
    if abs(number - cents) > ARTEFACT:
        return None, Remark("error", "third_decimal", plain(value))
    return f"{abs(cents):f}", remark


def _count(value: Value) -> Judged:
    number, remark = _number(value, "not_count")
    if number is None:
        return None, remark
    whole = number.quantize(Decimal(1))
    if abs(number - whole) > ARTEFACT:
        return None, Remark("error", "not_count", plain(value))
    return f"{abs(whole):f}", remark


def _number(value: Value, rule: str) -> tuple[Decimal | None, Remark | None]:
    """Return a number from zero up, and what there is to say."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None, Remark("error", rule, plain(value))
    if isinstance(value, str):
        number, remark = _typed(value, rule)
    else:
        number, remark = Decimal(repr(value)), None
    if number is None:
        return None, remark
    if not number.is_finite() or abs(number) >= LARGEST:
        return None, Remark("error", "too_large", plain(value))
    if number < -ARTEFACT:
        return None, Remark("error", "negative", plain(value))
    return number, remark


def _typed(value: str, rule: str) -> tuple[Decimal | None, Remark | None]:
    """Read a number typed as text, where it can be read in one way only."""
    said = " ".join(value.replace("€", " ").replace("\u2212", "-").split())
    sign = "-" if said.startswith("-") else ""
    digits = said.removeprefix("-").strip()
    if AMBIGUOUS.fullmatch(digits):
        return None, Remark("error", "ambiguous", value)
    match = next((match for form in UNAMBIGUOUS if (match := form.fullmatch(digits))), None)
    if match is None:
        return None, Remark("error", "third_decimal" if LONG_FRACTION.fullmatch(digits) else rule, value)
    parts = match.groupdict()
    whole = re.sub(r"[., ]", "", parts["whole"])
    read = f"{sign}{whole}.{parts.get('cents') or '0'}"
    return Decimal(read), Remark("notice", "typed_number", value, {"read": read.removesuffix(".0")})


def _day(value: Value) -> Judged:
    if isinstance(value, datetime):
        return _within_years(value.date(), None)
    if isinstance(value, date):
        return _within_years(value, None)
    if isinstance(value, (bool, int, float, time, timedelta)):
        return None, Remark("error", "not_date", plain(value))
    said = value.strip()
    match = next((match for form in DAYS if (match := form.fullmatch(said))), None)
    if match is None:
        return None, Remark("error", "not_date", value)
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None, Remark("error", "no_such_day", value)
    return _within_years(day, Remark("notice", "typed_date", value, {"read": short_day(day, "day", LANGUAGES[0])}))


def _within_years(day: date, remark: Remark | None) -> Judged:
    least, most = YEARS
    if not least <= day.year <= most:
        return None, Remark("error", "far_day", short_day(day, "day", LANGUAGES[0]), {"least": least, "most": most})
    return day.isoformat(), remark


def _choice(value: Value, options: Sequence[Option]) -> Judged:
    wanted = _folded(plain(value))
    for option in options:
        if wanted in {_folded(option.code), *map(_folded, option.names.values())}:
            return option.code, None
    listed = {lang: ", ".join(option.names[lang] for option in options) or "–" for lang in LANGUAGES}
    return None, Remark("error", "not_word", plain(value), {"wanted": listed})


def _folded(word: str) -> str:
    """Return a word without case, accents and doubled spaces."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return " ".join(bare.casefold().split())


JUDGES: Mapping[Kind, Callable[[Value], Judged]] = {
    "text": _text,
    "long": _text,
    "eur": _amount,
    "count": _count,
    "date": _day,
}
