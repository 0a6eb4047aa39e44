"""A programme: a folder of data files with a `programme.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from impact_analytics.i18n import TextError

FILE = "programme.toml"
BASES = ("published", "supplied", "example")
STATUSES = ("open", "concluded")
NEWEST = "newest"  # as default_as_of of an open programme: the newest day on which anything became known
OPERATOR = re.compile(r"[^@\s]+@[^@\s]+|sub:\S+")
# What may weigh in a selection by risk: each is worked out from the data.
RISKS = ("eu_contribution", "sheets", "findings", "error", "uncovered_advance", "gap")
HALF, ALL = Decimal("0.5"), Decimal(1)


@dataclass(frozen=True)
class School:
    """The days on which a school year begins and ends, as month-day; what lies between two years is closed."""

    starts: str = "09-01"
    ends: str = "06-30"

    def year(self, year: int) -> tuple[date, date]:
        """Return the first and the last day of the school year that begins in a year."""
        later = 1 if self.ends < self.starts else 0
        return date.fromisoformat(f"{year}-{self.starts}"), date.fromisoformat(f"{year + later}-{self.ends}")


class ProgrammeError(TextError):
    """A programme folder or `programme.toml` that cannot be used."""

    FILE = "programme"


@dataclass(frozen=True)
class Selection:
    """How projects are drawn for checks on the spot: the seed, which part at random, and what a risk weighs."""

    seed: str
    random_share: Decimal = ALL
    weights: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Programme:
    """What the tables of a programme cannot say: names, basis, default day, roles, thresholds with their ground."""

    id: str
    basis: str
    status: str
    default_as_of: date
    call: str
    position: int = 99
    operators: tuple[str, ...] = ()
    name: Mapping[str, str] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    concluded: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    grounds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    selection: Selection | None = None
    school: School = field(default_factory=School)

    @property
    def is_example(self) -> bool:
        """Say whether every number of it is invented."""
        return self.basis == "example"

    @property
    def is_open(self) -> bool:
        """Say whether reminders and days left make sense."""
        return self.status == "open"

    @property
    def late_days(self) -> int:
        """Return the days after the due day from which a sheet is late."""
        return int(self.thresholds.get("sheet_late_days", 0))

    @property
    def fresh_days(self) -> int | None:
        """Return the days after the end of its period up to which a sheet is recent; None where no rule says so."""
        days = self.thresholds.get("fresh_days")
        return None if days is None else int(days)

    def role(self, role: str, lang: str) -> str:
        """Return what the programme calls a role of the software, or the role's id."""
        return self.roles.get(role, {}).get(lang, role)


def parse(text: str, id: str, newest: date = date.min) -> Programme:
    """Read a `programme.toml`; raise ProgrammeError with a sentence where it cannot be used.

    `newest` is the day that `default_as_of = "newest"` stands for: a build knows it.
    """
    if not re.fullmatch("[a-z0-9_]+", id):
        raise ProgrammeError("folder_name", id=id)
    place = f"{id}/{FILE}"
    try:
        known: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeError("toml", place=place, reason=error) from error
    missing = [key for key in ("basis", "status", "default_as_of", "call", "name", "title") if key not in known]
    if missing:
        raise ProgrammeError("missing", place=place, keys=", ".join(missing))
    unknown = set(known) - (set(Programme.__dataclass_fields__) - {"id"})
    if unknown:
        raise ProgrammeError("unknown", place=place, keys=", ".join(sorted(unknown)))
    for key, allowed in (("basis", BASES), ("status", STATUSES)):
        if known[key] not in allowed:
            raise ProgrammeError("choice", place=place, key=key, value=known[key], allowed=", ".join(allowed))
    known["default_as_of"] = _default_day(known, newest, place)
    known["operators"] = _operators(known.get("operators", []), place)
    known["selection"] = _selection(known["selection"], place) if "selection" in known else None
    known["school"] = _school(known.get("school", {}), place)
    return Programme(id=id, **known)


def _default_day(known: Mapping[str, Any], newest: date, place: str) -> date:
    day = known["default_as_of"]
    if day == NEWEST and known["status"] == "open":
        return newest
    if type(day) is not date:
        raise ProgrammeError("day", place=place)
    return day


def _operators(listed: object, place: str) -> tuple[str, ...]:
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ProgrammeError("operators", place=place)
    for one in listed:
        if not OPERATOR.fullmatch(one):
            raise ProgrammeError("operator", place=place, value=one)
    return tuple(listed)


def _selection(table: object, place: str) -> Selection:
    if not isinstance(table, dict) or set(table) - {"seed", "random_share", "weights"}:
        raise ProgrammeError("selection", place=place)
    seed, weights = table.get("seed"), table.get("weights", {})
    if type(seed) not in (int, str) or not re.fullmatch(r"[^\s|](?:[^\n\r|]*[^\s|])?", str(seed)):
        raise ProgrammeError("seed", place=place)
    known = _weights(weights, place)
    share = _number(table["random_share"]) if "random_share" in table else HALF if known else ALL
    if share is None or not 0 <= share <= 1 or (share < 1 and not known):
        raise ProgrammeError("random_share", place=place)
    return Selection(str(seed), share, known)


def _weights(table: object, place: str) -> Mapping[str, Decimal]:
    if not isinstance(table, dict) or set(table) - set(RISKS):
        raise ProgrammeError("weights", place=place, allowed=", ".join(RISKS))
    found = {name: _number(table[name]) for name in RISKS if name in table}
    weights = {name: weight for name, weight in found.items() if weight is not None and weight > 0}
    if len(weights) < len(found):
        raise ProgrammeError("weights", place=place, allowed=", ".join(RISKS))
    return weights


def _number(value: object) -> Decimal | None:
    """Return a number as it was written; None for what is none."""
    known = isinstance(value, (int, float)) and not isinstance(value, bool)
    number = Decimal(str(value)) if known else Decimal("NaN")
    return number if number.is_finite() else None


def _school(told: object, place: str) -> School:
    if not isinstance(told, dict) or set(told) - {"starts", "ends"} or not all(map(_is_month_day, told.values())):
        raise ProgrammeError("school", place=place)
    return School(**told)


def _is_month_day(value: object) -> bool:
    """Say whether a value is a day that every year has, as month-day."""
    try:
        return isinstance(value, str) and f"{date.fromisoformat(f'2001-{value}'):%m-%d}" == value
    except ValueError:
        return False


def folders(data: Path) -> dict[str, Path]:
    """Return the programme folders below a data folder by id; a programme folder itself counts as one."""
    if (data / FILE).is_file():
        return {data.name: data}
    return {path.parent.name: path.parent for path in sorted(data.glob(f"*/{FILE}"))}
