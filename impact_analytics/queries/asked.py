"""A question to a snapshot: as of which day, narrowed to what; and the ways to have it answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from impact_analytics.filters import Filters
from impact_analytics.semantics import dimensions, metrics, select, used_params, with_marts
from impact_analytics.store import Snapshot, cursor

Narrowed = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Asked:
    """A snapshot, the day it is read as of, the dimensions narrowed, and the acts left out."""

    snapshot: Snapshot
    as_of: date
    where: Narrowed = ()
    without: tuple[str, ...] = ()
    days: tuple[date, ...] = field(default=())

    @property
    def all_days(self) -> list[date]:
        """Return every day asked for, the day as of which among them."""
        return sorted({self.as_of, *self.days})

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """Return the ids narrowed to, by dimension."""
        return dict(self.where)

    def params(self) -> dict[str, Any]:
        """Return every parameter that facts, marts and our own SELECTs may name."""
        late = self.snapshot.programme.thresholds.get("sheet_late_days", 0)
        return {"days": self.all_days, "as_of": self.as_of, "without": list(self.without), "late_days": int(late)}


def asked(snapshot: Snapshot, as_of: date, filters: Filters) -> Asked:
    """Ask as a reader's choices say."""
    where = filters.where(id for id, dimension in dimensions().items() if dimension.filter)
    return Asked(snapshot, as_of, tuple(sorted(where.items())), filters.all("without"))


@dataclass(frozen=True)
class Value:
    """One figure: its metric, value, basis, and the dimensions it is not split by although they are narrowed."""

    metric: str
    value: Any
    basis: str
    not_split: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """Return the metric's unit."""
        return metrics()[self.metric].unit


@lru_cache(maxsize=2048)
def answer(
    asked: Asked, names: tuple[str, ...], by: tuple[str, ...] = ()
) -> tuple[pd.DataFrame, Mapping[str, tuple[str, ...]]]:
    """Answer metrics split by dimensions for every day asked; return the rows and what could not be split.

    The frame is shared: read it, copy before changing it.
    """
    query = select(names, by, asked.chosen, asked.snapshot.columns)
    if len(query.not_split) == len(set(names)):
        return pd.DataFrame(columns=["as_of", *by]), query.not_split
    params = used_params(query.sql, asked.params() | query.params)
    return _frame(asked.snapshot, query.sql, params), query.not_split


def value(asked: Asked, name: str) -> Value:
    """Return one metric as of the day asked."""
    return values(asked, (name,))[name]


def values(asked: Asked, names: Sequence[str]) -> dict[str, Value]:
    """Return metrics as of the day asked, unsplit."""
    frame, not_split = answer(asked, tuple(names))
    row: Mapping[Any, Any] = dict(frame[frame["as_of"] == asked.as_of].iloc[0]) if len(frame) else {}
    return {
        name: Value(name, None, "", not_split[name])
        if name in not_split
        else Value(name, row[name], row[f"{name}_basis"] or "")
        for name in names
    }


def history(asked: Asked, name: str) -> list[Any]:
    """Return one metric for every day asked, in order; blank where it has no value."""
    frame, not_split = answer(asked, (name,))
    if name in not_split:
        return []
    known = dict(zip(frame["as_of"], frame[name], strict=True))
    return [known.get(day) for day in asked.all_days]


@lru_cache(maxsize=2048)
def rows(asked: Asked, sql: str, **others: Any) -> pd.DataFrame:
    """Answer a SELECT of our own over tables, facts and marts; `$as_of` and `$days` are those asked for.

    The frame is shared: read it, copy before changing it.
    """
    whole = with_marts({}, sql)
    params = used_params(
        whole, asked.params() | asked.chosen | {name: _listed(value) for name, value in others.items()}
    )
    return _frame(asked.snapshot, whole, params)


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
    shown = f'coalesce("{name}", {known.column})' if known.table == "project" else f'"{name}"'
    return dict(_fetch(snapshot, f'SELECT {known.column}, {shown} FROM "{known.table}" ORDER BY {order}, 1', {}))


def narrowed_sql(asked: Asked, alias: str, ids: Sequence[str] = ("territory", "macro_area")) -> str:
    """Return the conditions that narrow a SELECT to what was asked, for an alias with these columns; else `TRUE`."""
    wanted = [f"{alias}.{dimensions()[id].column} IN (SELECT unnest(${id}))" for id in ids if id in asked.chosen]
    return " AND ".join(wanted) or "TRUE"


def _frame(snapshot: Snapshot, sql: str, params: Mapping[str, Any]) -> pd.DataFrame:
    answered = cursor(snapshot).execute(sql, dict(params))
    return pd.DataFrame(answered.fetchall(), columns=[column[0] for column in answered.description or []], dtype=object)


def _fetch(snapshot: Snapshot, sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return cursor(snapshot).execute(sql, dict(params)).fetchall()


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@lru_cache(maxsize=64)
def periods(snapshot: Snapshot) -> tuple[date, ...]:
    """Return the days a reader is offered: ends of reporting periods (or of quarters) and days of acts."""
    sql = """
        SELECT DISTINCT day FROM (
            SELECT ends_on AS day FROM reporting_period
            UNION ALL SELECT adopted_on FROM act WHERE milestone
            UNION ALL SELECT last_day(make_date(y, q * 3, 1)) FROM range(2000, 2100) AS a(y), range(1, 5) AS b(q)
            WHERE NOT EXISTS (SELECT 1 FROM reporting_period)
        ) WHERE day BETWEEN (SELECT min(opened_on) FROM programme_call) AND $until ORDER BY day
    """
    return tuple(row[0] for row in _fetch(snapshot, sql, {"until": snapshot.programme.default_as_of}))


def ids(snapshot: Snapshot, source: str) -> list[str]:
    """Return the ids that a page's choice may take: of a dimension, of comparable metrics, or of acts with a term."""
    if source == "metric":
        return [id for id, metric in metrics().items() if metric.comparable]
    if source == "act":
        return [
            row[0]
            for row in _fetch(snapshot, "SELECT DISTINCT act_id FROM deadline WHERE act_id IS NOT NULL ORDER BY 1", {})
        ]
    return list(names(snapshot, source, "en"))
