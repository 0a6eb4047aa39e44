"""A question to a snapshot: as of which day, narrowed to what; and the ways to have it answered."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from impact_analytics.filters import Filters
from impact_analytics.semantics import (
    Metric,
    dimensions,
    lacking,
    measures,
    metrics,
    select,
    used_params,
    with_marts,
    worked_out,
)
from impact_analytics.store import Snapshot, cursor

Measured = dict[tuple[Any, ...], tuple[Any, str]]
Answered = tuple[tuple[str, ...], list[tuple[Any, ...]]]
Narrowed = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Asked:
    """A snapshot, the day it is read as of, the dimensions narrowed, and the acts left out."""

    snapshot: Snapshot
    as_of: date
    where: Narrowed = ()
    without: tuple[str, ...] = ()
    days: tuple[date, ...] = field(default=())

    def __hash__(self) -> int:
        """Hash once: a question is a key of everything that is remembered of its answer."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.snapshot, self.as_of, self.where, self.without, self.days))

    @cached_property
    def all_days(self) -> list[date]:
        """Return every day asked for, the day as of which among them."""
        return sorted({self.as_of, *self.days})

    @cached_property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """Return the ids narrowed to, by dimension."""
        return dict(self.where)

    @cached_property
    def made(self) -> bool:
        """Say whether the marts that the build made answer this: for days that readers are offered, all acts in."""
        return not self.without and periods_set(self.snapshot).issuperset(self.all_days)

    def params(self) -> dict[str, Any]:
        """Return every parameter that facts, marts and our own SELECTs may name."""
        programme = self.snapshot.programme
        limits = {"late_days": programme.late_days, "fresh_days": programme.fresh_days}
        school = {"school_starts": programme.school.starts, "school_ends": programme.school.ends}
        own = {"days": self.all_days, "as_of": self.as_of, "without": list(self.without)}
        return {**own, **limits, **school}


def asked(snapshot: Snapshot, as_of: date, filters: Filters) -> Asked:
    """Ask as a reader's choices say."""
    where = filters.where(id for id, dimension in dimensions().items() if dimension.filter)
    return Asked(snapshot, as_of, tuple(sorted(where.items())), filters.all("without"))


def of_project(asked: Asked, project: str) -> Asked:
    """Ask metrics of one project."""
    return replace(asked, where=tuple(sorted((asked.chosen | {"project": (project,)}).items())))


@dataclass(frozen=True)
class Value:
    """One figure: its metric, value, basis, and the dimensions it is not split by although they are narrowed.

    `asked` is the question it answers, and `answers` the metric that was asked where another stands in for it.
    """

    metric: str
    value: Any
    basis: str
    not_split: tuple[str, ...] = ()
    asked: Asked | None = field(default=None, compare=False, repr=False)
    answers: str = field(default="", compare=False, repr=False)

    @property
    def unit(self) -> str:
        """Return the metric's unit."""
        return metrics()[self.metric].unit


def answer(
    asked: Asked, names: tuple[str, ...], by: tuple[str, ...] = ()
) -> tuple[pd.DataFrame, Mapping[str, tuple[str, ...]]]:
    """Answer metrics split by dimensions for every day asked; return the rows and what could not be split.

    Columns: as_of, one per dimension (blank text where a row has none), each metric and its `<metric>_basis`.
    """
    rows, not_split = _answers(asked, names, by)
    answered = [name for name in names if name not in not_split]
    heads = [part for name in answered for part in (name, f"{name}_basis")]
    flat = [(*key, *(part for name in answered for part in found[name])) for key, found in rows.items()]
    return pd.DataFrame(flat, columns=["as_of", *by, *heads], dtype=object), not_split


Answers = tuple[dict[tuple[Any, ...], dict[str, tuple[Any, str]]], dict[str, tuple[str, ...]]]


@lru_cache(maxsize=4096)
def _answers(asked: Asked, names: tuple[str, ...], by: tuple[str, ...] = ()) -> Answers:
    """Return value and basis of metrics by day and dimensions, and what could not be split."""
    wanted = dict.fromkeys([*by, *asked.chosen])
    not_split = {name: missing for name in names if (missing := lacking(name, wanted, asked.snapshot.columns))}
    answered = [name for name in names if name not in not_split]
    found = _measured(asked, answered, by)
    keys = sorted(found) if by else [(day,) for day in asked.all_days]
    return {key: _worked_out(answered, found.get(key, {})) for key in keys}, not_split


def _measured(asked: Asked, names: Sequence[str], by: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the measures under metrics, with value and basis, by day and dimensions.

    A question for days that readers are offered is put for all of them, and one for a single territory (or line…) for
    all of those: the next day or territory is then known already.
    """
    whole, inside = _widened(asked, by)
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for part in measures(names):
        measured = _measure(whole, part.id, (*inside, *by), len(inside))
        for day in asked.all_days:
            for key, value in measured.get((day, *inside.values()), {}).items():
                found.setdefault((day, *key), {})[part.id] = value
    return found


def _widened(asked: Asked, by: tuple[str, ...]) -> tuple[Asked, dict[str, str]]:
    """Return the wider question that answers this one, and the one id of one dimension to pick from its answer."""
    if not asked.made:
        return asked, {}
    offered = periods(asked.snapshot)
    whole = replace(asked, as_of=offered[-1], days=offered)
    narrow = [(id, chosen) for id, chosen in asked.where if chosen]
    if len(narrow) == 1 and len(narrow[0][1]) == 1 and narrow[0][0] not in by:
        return replace(whole, where=()), {narrow[0][0]: narrow[0][1][0]}
    return whole, {}


@lru_cache(maxsize=4096)
def _measure(asked: Asked, name: str, by: tuple[str, ...], picked: int) -> dict[tuple[Any, ...], Measured]:
    """Return value and basis of a measure by its other dimensions, by day and the first `picked` of its dimensions."""
    metric = metrics()[name]
    one_day = len(asked.all_days) == 1
    columns, fetched = _answered(asked, _select(asked.snapshot, name, by, tuple(asked.chosen), one_day))
    found: dict[tuple[Any, ...], Measured] = {}
    for values in fetched:
        row = dict(zip(columns, values, strict=True))
        key = tuple(row[part] for part in ("as_of", *by))
        measured = row[f"v_{name}"], _basis(asked.snapshot, metric, row)
        found.setdefault(key[: 1 + picked], {})[key[1 + picked :]] = measured
    return found


def _basis(snapshot: Snapshot, metric: Metric, row: Mapping[Any, Any]) -> str:
    least, most = row.get(f"b_{metric.id}"), row.get(f"c_{metric.id}")
    if f"b_{metric.id}" not in row:
        least = most = bases(snapshot, metric.source)[0] if row[f"v_{metric.id}"] is not None else None
    return (least or "") if least == most else "mixed"


@lru_cache(maxsize=512)
def bases(snapshot: Snapshot, source: str) -> tuple[str, ...]:
    """Return the bases that the rows of a fact or mart have."""
    table = source.replace("mart_", "made_", 1)
    return tuple(row[0] for row in _fetch(snapshot, f'SELECT DISTINCT basis FROM "{table}" ORDER BY 1', {}))


def _worked_out(names: Sequence[str], found: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    known = defaultdict(lambda: (None, ""), found)
    return {name: worked_out(name, known) for name in names}


def statements(asked: Asked, name: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the very SELECTs that answer a metric as asked, with their parameters."""
    one_day = len(asked.all_days) == 1
    queries = [_select(asked.snapshot, part.id, (), tuple(asked.chosen), one_day) for part in measures([name])]
    whole = [_whole(asked.snapshot, query, asked.made) for query in dict.fromkeys(queries)]
    return [(sql, used_params(sql, asked.params() | asked.chosen)) for sql in whole]


@lru_cache(maxsize=2048)
def _select(
    snapshot: Snapshot,
    metric: str,
    by: tuple[str, ...],
    narrowed: tuple[str, ...],
    one_day: bool,  # noqa: FBT001 - part of the key
) -> str:
    known = metrics()[metric]
    one_basis = len(bases(snapshot, known.source)) == 1
    return select(known, by, narrowed, snapshot.columns, one_day=one_day, one_basis=one_basis)


def value(asked: Asked, name: str) -> Value:
    """Return one metric as of the day asked."""
    return values(asked, (name,))[name]


def values(asked: Asked, names: Sequence[str]) -> dict[str, Value]:
    """Return metrics as of the day asked, unsplit."""
    rows, not_split = _answers(asked, tuple(names))
    found = rows[asked.as_of,]
    return {name: Value(name, *found.get(name, (None, "")), not_split.get(name, ()), asked) for name in names}


def by_id(asked: Asked, names: tuple[str, ...], dimension: str) -> dict[str, dict[str, Any]]:
    """Return metrics as of the day asked by the ids of a dimension, those that are split so."""
    rows, _ = _answers(asked, names, (dimension,))
    return {
        id: {name: value for name, (value, _) in found.items()}
        for (day, id), found in rows.items()
        if day == asked.as_of
    }


def history(asked: Asked, name: str, together: tuple[str, ...] = ()) -> list[Any]:
    """Return one metric for every day asked, in order, answered `together` with others; empty where not split so."""
    rows, not_split = _answers(asked, together or (name,))
    return [] if name in not_split else [rows[day,][name][0] for day in asked.all_days]


def rows(asked: Asked, sql: str, **others: Any) -> pd.DataFrame:
    """Answer a SELECT of our own over tables, facts and marts; `$as_of` and `$days` are those asked for."""
    return _framed(*_statement(asked, sql, others)).copy(deep=False)


def _answered(asked: Asked, sql: str, **others: Any) -> Answered:
    """Answer a SELECT from what is remembered for the very parameters it names."""
    return _fetched(*_statement(asked, sql, others))


Statement = tuple[Snapshot, str, tuple[tuple[str, Hashable], ...]]


def _statement(asked: Asked, sql: str, others: dict[str, Any]) -> Statement:
    """Return a SELECT with its marts and the very parameters it names."""
    whole = _whole(asked.snapshot, sql, asked.made)
    params = used_params(whole, asked.params() | asked.chosen | others)
    return asked.snapshot, whole, tuple(sorted((name, _frozen(value)) for name, value in params.items()))


@lru_cache(maxsize=2048)
def _framed(snapshot: Snapshot, sql: str, params: tuple[tuple[str, Hashable], ...]) -> pd.DataFrame:
    """Return an answer as a frame; who takes it makes a copy of its own, which costs nothing until it is changed."""
    columns, found = _fetched(snapshot, sql, params)
    return pd.DataFrame(found, columns=list(columns), dtype=object)


@lru_cache(maxsize=4096)
def _whole(snapshot: Snapshot, sql: str, made: bool) -> str:  # noqa: FBT001 - part of the key
    return with_marts(sql, snapshot.columns if made else {})


@lru_cache(maxsize=512)
def names(snapshot: Snapshot, dimension: str, lang: str) -> Mapping[str, str]:
    """Return the ids of a dimension with their names, in the dimension's own order."""
    known = dimensions()[dimension]
    columns = snapshot.columns[known.table]
    if known.table == "reporting_period":
        found = _fetch(snapshot, "SELECT period_id, period_id FROM reporting_period ORDER BY starts_on", {})
        return dict(found)
    name = f"name_{lang}" if f"name_{lang}" in columns else known.name
    order = "position" if known.order == "position" else f'"{name}"'
    if known.table == "code":
        sql = f'SELECT code, "{name}" FROM code WHERE list = $list ORDER BY {order}'
        return dict(_fetch(snapshot, sql, {"list": dimension}))
    shown = f'"{name}"'
    if known.table == "project":  # not every project has a title, and its territory always has a name
        shown = f'coalesce("{name}", (SELECT t.name_{lang} FROM territory AS t WHERE t.territory = project.territory))'
    return dict(_fetch(snapshot, f'SELECT {known.column}, {shown} FROM "{known.table}" ORDER BY {order}, 1', {}))


def narrowed_sql(asked: Asked, alias: str, ids: Sequence[str] = ("territory", "macro_area")) -> str:
    """Return the conditions that narrow a SELECT to what was asked, for an alias with these columns; else `TRUE`."""
    wanted = [f"{alias}.{dimensions()[id].column} IN (SELECT unnest(${id}))" for id in ids if id in asked.chosen]
    return " AND ".join(wanted) or "TRUE"


@lru_cache(maxsize=8192)
def _fetched(snapshot: Snapshot, sql: str, params: tuple[tuple[str, Hashable], ...]) -> Answered:
    answered = cursor(snapshot).execute(sql, {name: _thawed(value) for name, value in params})
    return tuple(column[0] for column in answered.description or []), answered.fetchall()


def _fetch(snapshot: Snapshot, sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return cursor(snapshot).execute(sql, dict(params)).fetchall()


def _frozen(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@lru_cache(maxsize=64)
def periods(snapshot: Snapshot) -> tuple[date, ...]:
    """Return the days a reader is offered: ends of reporting periods (or of quarters) and days of acts."""
    return tuple(row[0] for row in _fetch(snapshot, "SELECT as_of FROM offered_day ORDER BY as_of", {}))


@lru_cache(maxsize=64)
def periods_set(snapshot: Snapshot) -> frozenset[date]:
    """Return the days a reader is offered, for looking one up."""
    return frozenset(periods(snapshot))


IDS = {
    "act": "SELECT DISTINCT act_id FROM deadline WHERE act_id IS NOT NULL ORDER BY 1",
    "change": "SELECT change_id FROM change_request ORDER BY 1",
    "financial_year": """
        SELECT financial_year FROM fact_financial_year
        WHERE ends_on >= (SELECT min(opened_on) FROM programme_call) ORDER BY 1
    """,
    "request": "SELECT request_id FROM payment_request ORDER BY 1",
}


def ids(snapshot: Snapshot, source: str) -> list[str]:
    """Return the ids that a page's choice may take: of a dimension, metrics (all, comparable), or what `IDS` names."""
    if source == "metric_all":
        return list(metrics())
    if source == "metric":
        return [id for id, metric in metrics().items() if metric.comparable]
    if source in IDS:
        return [str(row[0]) for row in _fetch(snapshot, IDS[source], {})]
    return list(names(snapshot, source, "en"))
