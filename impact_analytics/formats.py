"""Numbers, money, dates and shares in the reader's language.

Every function rounds half up on `Decimal`, takes int, float, Decimal, date, ISO text and the scalars of NumPy and
pandas, and answers a missing value (None, NaN, NA, NaT) with the language's “n.d.” or “n/a”: never a dash, which
reads as nought or minus. Inside a number all spaces are non-breaking; minus is U+2212.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache, lru_cache
from itertools import count
from typing import Literal

from babel.core import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import get_decimal_symbol, get_group_symbol

Precision = Literal["day", "month", "year"]
NBSP = "\u00a0"
MINUS = "\u2212"
ESTIMATED = f"≈{NBSP}"
MISSING = frozenset({"None", "nan", "NaN", "<NA>", "NaT"})
ESTIMATE_STEP = Decimal(10_000)
PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?P<kind>[HQM])(?P<part>\d{1,2}))?")
MONTHS_IN = {"H": 6, "Q": 3, "M": 1}
ROMAN = ("I", "II", "III", "IV")
TICKS = 6
TIME_TICKS = 8
REMEMBERED = 16_384  # values as written


@dataclass(frozen=True)
class Unit:
    """How one kind of value is written: the same on card, axis, hover and sheet."""

    id: str
    decimals: int = 0
    scale: int = 1
    """What a value is multiplied by before it is written: 0.105 is a share of 10.5 %."""
    symbol: str = ""
    """`€` or `%`: stays on an axis."""
    word: str = ""
    """`days`, `persons`: written in full after a value, and left to the subtitle of a chart."""
    excel: str = "#,##0"
    excel_scale: int = 1
    """What a value is multiplied by before it goes into a cell with the format `excel`."""
    short_from: int | None = None
    """From where on the short form counts in thousands, millions and billions."""
    estimate_step: Decimal | None = None
    """What an estimate is rounded to."""
    difference: str = ""
    """The id of the unit of a difference, where it is another one."""

    @property
    def step(self) -> Decimal:
        """Return the smallest difference that can be read, in values."""
        return Decimal(1).scaleb(-self.decimals) / self.scale


UNITS: Mapping[str, Unit] = {
    unit.id: unit
    for unit in (
        Unit("eur", 2, symbol="€", excel='#,##0.00 "€"', short_from=10_000, estimate_step=ESTIMATE_STEP),
        Unit("rate_eur", 4, symbol="€", excel='#,##0.0000 "€"'),
        Unit("count", short_from=1_000_000),
        Unit("persons", word="persons", short_from=1_000_000),
        Unit("share", 1, scale=100, symbol="%", excel="0.0%", difference="points"),
        Unit("points", 1, scale=100, word="points", excel="+0.0;-0.0;0.0", excel_scale=100),
        Unit("days", word="days"),
        Unit("months", word="months"),
        Unit("hours", word="hours"),
        Unit("date", excel="dd/mm/yyyy", difference="days"),
    )
}


@dataclass(frozen=True)
class Language:
    """What Babel does not know, or not as administrations write it."""

    locale: str
    missing: str
    symbols: Mapping[str, str]
    words: Mapping[str, tuple[str, str]]
    steps: Sequence[tuple[int, int, str]]
    """Of the short form: from, decimals, word; the largest first."""
    quarter: str
    half: str
    first_day: str = "{}"


LANGUAGES: Mapping[str, Language] = {
    "it": Language(
        locale="it_IT",
        missing="n.d.",
        symbols={"€": f"{{}}{NBSP}€", "%": f"{{}}{NBSP}%"},
        words={
            "persons": ("persona", "persone"),
            "points": ("punto", "punti"),
            "days": ("giorno", "giorni"),
            "months": ("mese", "mesi"),
            "hours": ("ora", "ore"),
        },
        steps=((10**9, 2, f"{NBSP}mrd"), (10**6, 2, f"{NBSP}mln"), (10**3, 1, f"{NBSP}mila")),
        quarter=f"{{roman}}{NBSP}trim.{NBSP}{{year}}",
        half=f"{{roman}}{NBSP}sem.{NBSP}{{year}}",
        first_day="{}°",
    ),
    "en": Language(
        locale="en_GB",
        missing="n/a",
        symbols={"€": "€{}", "%": "{}%"},
        words={
            "persons": ("person", "persons"),
            "points": ("point", "points"),
            "days": ("day", "days"),
            "months": ("month", "months"),
            "hours": ("hour", "hours"),
        },
        steps=((10**9, 2, "bn"), (10**6, 2, "m"), (10**3, 1, "k")),
        quarter=f"Q{{part}}{NBSP}{{year}}",
        half=f"H{{part}}{NBSP}{{year}}",
    ),
}


# --- values -----------------------------------------------------------------------------------------------------------


def full(value: object, unit: Unit, lang: str) -> str:
    """Write a value with all its decimals and its unit: 1.234.567,89 €; 10,5 %; 30 giugno 2023."""
    if unit.id == "date":
        return day(value, "day", lang)
    number = _number(value)
    if number is None:
        return _language(lang).missing
    return _written(number * unit.scale, unit.decimals, unit, lang)


def short(value: object, unit: Unit, lang: str) -> str:
    """Write a value for a card: 1,23 mln €; 12,3 mila €; below that in whole euros."""
    if unit.id == "date":
        return short_day(value, "day", lang)
    number = _number(value)
    if number is None:
        return _language(lang).missing
    return _shortened(number * unit.scale, unit, lang)


def estimate(value: object, unit: Unit, lang: str) -> str:
    """Write a value as an estimate, short and money rounded to 10,000: ≈ 1,96 mln €; what rounds to nought is below."""
    number = _number(value)
    if number is None or unit.estimate_step is None:
        return (ESTIMATED if number is not None else "") + short(number, unit, lang)
    rounded = (number / unit.estimate_step).quantize(Decimal(1), ROUND_HALF_UP) * unit.estimate_step
    if not rounded and number > 0:
        return f"<{NBSP}{_whole(unit.estimate_step, unit, lang)}"
    write = _shortened if abs(rounded) >= 10**6 else _whole
    return ESTIMATED + write(rounded, unit, lang)


def difference(value: object, unit: Unit, lang: str) -> str:
    """Write the difference of two values with its sign; of two shares in points (0.032 is +3,2 punti)."""
    number = _number(value)
    if number is None:
        return _language(lang).missing
    of = UNITS[unit.difference or unit.id]
    rounded = _rounded(number * of.scale, of.decimals)
    return ("+" if rounded > 0 else "") + _written(rounded, of.decimals, of, lang)


# --- days and periods -------------------------------------------------------------------------------------------------


def day(value: object, precision: Precision, lang: str) -> str:
    """Write a date as far as it is known: 30 giugno 2023, settembre 2019, 2019."""
    when = _date(value)
    return _language(lang).missing if when is None else _day(when, precision, lang)


def short_day(value: object, precision: Precision, lang: str) -> str:
    """Write a date in figures as far as it is known: 30/06/2023, 09/2019, 2019."""
    when = _date(value)
    if when is None:
        return _language(lang).missing
    return when.strftime({"day": "%d/%m/%Y", "month": "%m/%Y", "year": "%Y"}[precision])


def yearly_day(month_day: str, lang: str) -> str:
    """Write a day of every year, given as month-day: 30 giugno."""
    return _day(date.fromisoformat(f"2001-{month_day}"), "day", lang).rpartition(NBSP)[0]


def period(period_id: str, lang: str) -> str:
    """Write a period: IV trim. 2021, II sem. 2021, luglio 2021, 2021."""
    year, kind, part = _parts(period_id)
    if kind == "M":
        return day(date(year, part, 1), "month", lang)
    language = _language(lang)
    form = {"Q": language.quarter, "H": language.half, "": "{year}"}[kind]
    return form.format(year=year, part=part, roman=ROMAN[part - 1])


def period_start(period_id: str) -> date:
    """Return the first day of a period such as 2021, 2021-H2, 2021-Q4 or 2021-M07."""
    year, kind, part = _parts(period_id)
    return date(year, (part - 1) * MONTHS_IN.get(kind, 12) + 1, 1)


def period_end(period_id: str) -> date:
    """Return the last day of a period such as 2021, 2021-H2, 2021-Q4 or 2021-M07."""
    _, kind, _ = _parts(period_id)
    return _later(period_start(period_id), MONTHS_IN.get(kind, 12)) - timedelta(days=1)


# --- lists and axes ---------------------------------------------------------------------------------------------------


def listing(items: Iterable[object], lang: str) -> str:
    """Write a list in words: a, b e c."""
    return format_list([str(item) for item in items], locale=_language(lang).locale)


def ticks(low: object, high: object, unit: Unit, lang: str) -> tuple[list[float], list[str]]:
    """Return 3 to 6 round positions that enclose a range, and what is written there, in one magnitude."""
    bottom, top = sorted(_number(bound) or Decimal(0) for bound in (low, high))
    if bottom == top:
        top = bottom + max(10 * unit.step, abs(bottom) / 10)
    positions = _round_positions(bottom * unit.scale, top * unit.scale, unit)
    return [float(position / unit.scale) for position in positions], _labels(positions, unit, lang)


def month_ticks(start: date, end: date, lang: str) -> tuple[list[str], list[str]]:
    """Return at most 8 first days of months within a span, as ISO dates, and their names: gen 2021."""
    locale = _language(lang).locale
    firsts = _firsts(start, end, (1, 2, 3, 6, 12))
    return [first.isoformat() for first in firsts], [format_date(first, "MMM y", locale=locale) for first in firsts]


def quarter_ticks(start: date, end: date, lang: str) -> tuple[list[str], list[str]]:
    """Return at most 8 first days of quarters within a span, as ISO dates, and their names: IV trim. 2021."""
    firsts = _firsts(start, end, (3, 6, 12))
    labels = [period(f"{first.year}-Q{(first.month + 2) // 3}", lang) for first in firsts]
    return [first.isoformat() for first in firsts], labels


def plotly_separators(lang: str) -> str:
    """Return Plotly's `layout.separators`: the decimal sign, then the sign between thousands."""
    group, decimal = _signs(lang)
    return decimal + group


# --- inside -----------------------------------------------------------------------------------------------------------


def _language(lang: str) -> Language:
    if lang not in LANGUAGES:
        raise ValueError(f"There is no language “{lang}”: choose one of {', '.join(LANGUAGES)}.")
    return LANGUAGES[lang]


def _number(value: object) -> Decimal | None:
    text = str(value)
    if text in MISSING:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"“{text}” is not a number.") from None
    if not number.is_finite():
        raise ValueError(f"“{text}” cannot be written: a division by nought must be left empty.")
    return number


def _date(value: object) -> date | None:
    text = str(value)
    return None if text in MISSING else date.fromisoformat(text[:10])


@lru_cache(maxsize=REMEMBERED)
def _day(when: date, precision: Precision, lang: str) -> str:
    if precision == "year":
        return f"{when:%Y}"
    month = format_date(when, "MMMM y", locale=_language(lang).locale).replace(" ", NBSP)
    if precision == "month":
        return month
    return f"{_language(lang).first_day.format(1) if when.day == 1 else when.day}{NBSP}{month}"


def _rounded(number: Decimal, decimals: int) -> Decimal:
    rounded = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return rounded or abs(rounded)  # no −0


@cache
def _signs(lang: str) -> tuple[str, str]:
    locale = Locale.parse(_language(lang).locale)
    return get_group_symbol(locale), get_decimal_symbol(locale)


@cache
def _translation(lang: str) -> dict[int, str]:
    group, decimal = _signs(lang)
    return str.maketrans({",": group, ".": decimal})


def _digits(number: Decimal, decimals: int, lang: str) -> str:
    return f"{_rounded(abs(number), decimals):,f}".translate(_translation(lang))


def _with_unit(digits: str, unit: Unit, lang: str, *, word: bool = True) -> str:
    language = _language(lang)
    if unit.symbol:
        return language.symbols[unit.symbol].format(digits)
    if not (unit.word and word):
        return digits
    one, many = language.words[unit.word]
    return f"{digits}{NBSP}{one if digits == '1' else many}"


@lru_cache(maxsize=REMEMBERED)
def _written(number: Decimal, decimals: int, unit: Unit, lang: str) -> str:
    sign = MINUS if _rounded(number, decimals) < 0 else ""
    return sign + _with_unit(_digits(number, decimals, lang), unit, lang)


def _whole(number: Decimal, unit: Unit, lang: str) -> str:
    return _written(number, 0, unit, lang)


@lru_cache(maxsize=REMEMBERED)
def _shortened(number: Decimal, unit: Unit, lang: str) -> str:
    if unit.short_from is None:
        return _written(number, unit.decimals, unit, lang)
    if abs(_rounded(number, 0)) < unit.short_from:
        return _whole(number, unit, lang)
    for size, decimals, word in _language(lang).steps:
        if _rounded(abs(number) / size, decimals) >= 1:
            sign = MINUS if number < 0 else ""
            return sign + _with_unit(_digits(number / size, decimals, lang) + word, unit, lang)
    return _whole(number, unit, lang)


def _parts(period_id: str) -> tuple[int, str, int]:
    match = PERIOD.fullmatch(period_id)
    year, kind, part = (int(match["year"]), match["kind"] or "", int(match["part"] or 1)) if match else (0, "", 0)
    if not year or not 1 <= part <= 12 // MONTHS_IN.get(kind, 12):
        raise ValueError(f"“{period_id}” is not a period: write 2021, 2021-H2, 2021-Q4 or 2021-M07.")
    return year, kind, part


def _later(when: date, months: int) -> date:
    years, month = divmod(when.month - 1 + months, 12)
    return date(when.year + years, month + 1, 1)


def _steps(smallest: Decimal) -> Iterator[Decimal]:
    for exponent in count(smallest.adjusted()):
        for mantissa in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5)):
            if (step := mantissa.scaleb(exponent)) % smallest == 0:
                yield step


def _round_positions(bottom: Decimal, top: Decimal, unit: Unit) -> list[Decimal]:
    smallest = max(unit.step * unit.scale, Decimal(1).scaleb((top - bottom).adjusted() - 2))
    spans = ((step, _enclosing(bottom / step, top / step)) for step in _steps(smallest))
    return next([step * place for place in places] for step, places in spans if len(places) <= TICKS)


def _enclosing(bottom: Decimal, top: Decimal) -> range:
    first = int(bottom.to_integral_value(ROUND_FLOOR))
    last = int(top.to_integral_value(ROUND_CEILING))
    return range(first, max(last, first + 2) + 1)


def _labels(positions: list[Decimal], unit: Unit, lang: str) -> list[str]:
    largest = max(map(abs, positions))
    size, word = 1, ""
    if unit.short_from is not None and largest >= unit.short_from:
        size, word = next((size, word) for size, _, word in _language(lang).steps if largest >= size)
    decimals = max(_decimals(position / size) for position in positions)
    return [_label(position / size, decimals, word, unit, lang) for position in positions]


def _label(number: Decimal, decimals: int, word: str, unit: Unit, lang: str) -> str:
    if not number:
        return _with_unit("0", unit, lang, word=False)
    sign = MINUS if number < 0 else ""
    return sign + _with_unit(_digits(number, decimals, lang) + word, unit, lang, word=False)


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -int(exponent))


def _firsts(start: date, end: date, steps: Sequence[int]) -> list[date]:
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    firsts = [first for ahead in range(months) if (first := _later(start, ahead)) >= start]
    for step in steps:
        kept = [first for first in firsts if (first.month - 1) % step == 0]
        if len(kept) <= TIME_TICKS:
            return kept
    years = -(-len(kept) // TIME_TICKS)
    return [first for first in kept if first.year % years == 0]
