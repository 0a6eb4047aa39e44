"""A figure as the parts that input rows put into it, and how parts make the figure: sums, counts, means, extremes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

from impact_analytics.plain.rows import Row, Tables
from impact_analytics.programme import School
from impact_analytics.semantics import Metric, metrics

MIXED = "mixed"  # of several bases, which are never one number
STRENGTH = ("published", "supplied", "estimate", "example")

At = Mapping[str, str | None]


@dataclass(frozen=True)
class Question:
    """The rows asked, the day they are read as of, the ids narrowed to by dimension, and the acts left out.

    The programme's own are: `late_days` after the due day from which a sheet is late, `fresh_days` after the end of its
    period up to which it is recent, and the days of its school year.
    """

    tables: Tables
    as_of: date
    where: Mapping[str, tuple[str, ...]]
    without: tuple[str, ...] = ()
    late_days: int = 0
    fresh_days: int | None = None
    school: School = field(default_factory=School)

    def known(self, table: str, on: str = "known_from") -> list[Row]:
        """Return the rows of a table known by the day, by the column that says since when."""
        return self.tables.known(table, self.as_of, on)


@dataclass(frozen=True, slots=True)
class Part:
    """What rows put into a figure: its amount, the ids it stands under, and the rows, the one that says it first.

    An amount of None is a row that says nothing of it; one of 0 is a row that counts for nothing. `under` is what is
    counted once, `weight` what a mean weighs by, `column` where in the first row the amount stands; `made_of` holds the
    parts that an amount was worked out of before.
    """

    amount: Any
    at: At
    rows: tuple[Row, ...]
    basis: str
    under: str = ""
    weight: Decimal | None = None
    column: str = ""
    made_of: tuple["Part", ...] = ()

    @property
    def counts(self) -> bool:
        """Say whether it moves the figure."""
        return self.amount is not None and self.amount != 0


def part(amount: Any, at: At, *rows: Row, under: str = "", column: str = "") -> Part:
    """Return a part with the basis of its first row."""
    return Part(amount, at, rows, rows[0].basis, under, None, column)


Fold = Callable[[Sequence[Part]], Any]


@dataclass(frozen=True)
class Figure:
    """The parts of a figure, and how they make it."""

    parts: Iterable[Part]
    fold: Fold


Twin = Callable[[Question], Figure]
TWINS: dict[str, Twin] = {}


def twin(function: Twin) -> Twin:
    """Take a function as the second answer of the measure whose id is its name."""
    TWINS[function.__name__] = function
    return function


# ---------------------------------------------------------------- how parts make a figure


def total(parts: Iterable[Part]) -> Figure:
    """Add amounts; none where no part has one."""
    return Figure(parts, lambda found: _folded(sum, found))


def largest(parts: Iterable[Part]) -> Figure:
    """Take the largest amount or the latest day."""
    return Figure(parts, lambda found: _folded(max, found))


def earliest(parts: Iterable[Part]) -> Figure:
    """Take the earliest day."""
    return Figure(parts, lambda found: _folded(min, found))


def different(parts: Iterable[Part]) -> Figure:
    """Count what the parts that count stand under, each once."""
    return Figure(parts, lambda found: len({part.under for part in found if part.counts}) if found else None)


def above_zero(flows: Iterable[Part]) -> Figure:
    """Add for each project what is above zero of the sum of its flows."""
    projects: dict[str | None, list[Part]] = defaultdict(list)
    for flow in flows:
        projects[flow.at["project"]].append(flow)
    return total(_above_zero(tuple(found)) for found in projects.values())


def _above_zero(flows: tuple[Part, ...]) -> Part:
    amounts = [flow.amount for flow in flows if flow.amount is not None]
    bases = {flow.basis for flow in flows}
    rows = tuple(row for flow in flows for row in flow.rows)
    basis = next(iter(bases)) if len(bases) == 1 else MIXED
    return Part(max(Decimal(0), sum(amounts, Decimal(0))), flows[0].at, rows, basis, made_of=flows)


def middle(parts: Iterable[Part]) -> Figure:
    """Take the median of amounts."""
    return Figure(parts, lambda found: _folded(median, found))


def mean(parts: Iterable[Part]) -> Figure:
    """Weigh amounts; what says nothing weighs nothing. A float, worked out exactly before."""

    def fold(found: Sequence[Part]) -> Any:
        known = [(one.amount, one.weight) for one in found if one.amount is not None and one.weight is not None]
        weights = Fraction(sum(weight for _, weight in known))
        return float(sum(amount * Fraction(weight) for amount, weight in known) / weights) if weights else None

    return Figure(parts, fold)


def _folded(fold: Callable[[list[Any]], Any], found: Sequence[Part]) -> Any:
    known = [one.amount for one in found if one.amount is not None]
    return fold(known) if known else None


# ---------------------------------------------------------------- the answer


class NotSplit(Exception):
    """A figure narrowed by a dimension that its rows do not have; the message is the dimension."""


@dataclass(frozen=True)
class Recomputed:
    """A metric worked out a second time: value, basis, and the parts of each measure under it that count."""

    value: Any
    basis: str
    parts: Mapping[str, tuple[Part, ...]]


def recomputed(asked: Question, name: str) -> Recomputed:
    """Work a metric out from the input rows; raise NotSplit where it cannot be narrowed so."""
    metric = metrics()[name]
    if not metric.parts:
        return _measured(asked, name)
    first, second = (recomputed(asked, one) for one in metric.parts)
    parts = {**first.parts, **second.parts}
    basis = _weakest({first.basis, second.basis} - {""})
    value = None if basis == MIXED else _put_together(metric, first.value, second.value)
    return Recomputed(value, "" if value is None and basis != MIXED else basis, parts)


def _measured(asked: Question, name: str) -> Recomputed:
    figure = TWINS[name](asked)
    parts = tuple(one for one in figure.parts if _inside(one.at, asked.where))
    bases = {one.basis for one in parts}
    if len(bases) > 1 or MIXED in bases:
        return Recomputed(None, MIXED, {name: parts})
    value = figure.fold(parts)
    return Recomputed(value, "" if value is None else next(iter(bases)), {name: parts})


def _inside(at: At, where: Mapping[str, tuple[str, ...]]) -> bool:
    for dimension, chosen in where.items():
        if dimension not in at:
            raise NotSplit(dimension)
        if at[dimension] not in chosen:
            return False
    return True


def _put_together(metric: Metric, first: Any, second: Any) -> Any:
    if first is None or second is None:
        return None
    if metric.minuend:
        return first - second
    return float(first) / float(second) if second else None


def _weakest(bases: set[str]) -> str:
    return MIXED if MIXED in bases else max(bases, key=STRENGTH.index, default="")
