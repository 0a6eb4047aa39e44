"""The input rows behind a figure, as the plain second answer names them: what each of them put in, and its document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from impact_analytics.contract import contract
from impact_analytics.plain import NotSplit, Part, Question, Recomputed, Row, Tables, recomputed
from impact_analytics.programme import Programme
from impact_analytics.queries.asked import Asked
from impact_analytics.store import Snapshot, cursor

__all__ = ["Behind", "Recomputed", "Stands", "Tables", "figure", "listed", "newest_period", "question", "tables"]


@dataclass(frozen=True)
class Stands:
    """Where an input row stands and what it belongs to.

    `column` is where its amount stands, `amount` what it puts in where several rows are put together first, `document`
    the address of its act or source, `source` that one's title, `sheet` the project and period of its sheet.
    """

    row: Row
    column: str
    amount: Any
    source: str
    document: str
    sheet: tuple[str, str]
    request: str

    @property
    def cell(self) -> str:
        """Return the address of the amount in its worksheet; blank for a CSV."""
        return self.row.cell(self.column)


@dataclass(frozen=True)
class Behind:
    """What input rows put into a measure: the amount, its weight in a mean, the ids it stands under, and the rows."""

    measure: str
    amount: Any
    weight: Any
    ids: Mapping[str, str | None]
    rows: tuple[Stands, ...]


@lru_cache(maxsize=2)
def tables(snapshot: Snapshot) -> Tables:
    """Return the input rows as a snapshot holds them, each table fetched when it is first asked for."""

    def load(table: str) -> list[Row]:
        names = contract()[table].names
        columns = ", ".join(f'"{name}"' for name in names)
        sql = f'SELECT {columns}, "file", line, basis FROM "{table}" ORDER BY "file", line'
        fetched = cursor(snapshot).execute(sql)
        return [
            Row(table, file, line, basis, dict(zip(names, map(_written, cells), strict=True)))
            for *cells, file, line, basis in fetched.fetchall()
        ]

    return Tables(load)


def question(asked: Asked, rows: Tables, programme: Programme | None = None) -> Question:
    """Put a question to input rows, by the rules of the snapshot's programme or of the one given."""
    own = programme or asked.snapshot.programme
    return Question(rows, asked.as_of, asked.chosen, asked.without, own.late_days, own.fresh_days, own.school)


@lru_cache(maxsize=64)
def figure(asked: Asked, metric: str, rows: Tables) -> Recomputed | None:
    """Return a metric worked out from rows; None where it cannot be narrowed so."""
    try:
        return recomputed(question(asked, rows), metric)
    except NotSplit:
        return None


@lru_cache(maxsize=64)
def listed(asked: Asked, metric: str, rows: Tables, lang: str) -> Mapping[str, Sequence[Behind]]:
    """Return what rows put into a metric by measure, what puts in most first; a row of nothing is left out."""
    found = figure(asked, metric, rows)
    parts = found.parts if found else {}
    return {measure: tuple(_measure(measure, held, rows, lang)) for measure, held in parts.items()}


def newest_period(found: Recomputed, rows: Tables) -> tuple[str, date | None]:
    """Return the newest reporting period whose sheet a figure rests on, and the day that sheet was received."""
    ends = {row["period_id"]: row["ends_on"] for row in rows.rows("reporting_period")}
    used = {row["sheet_id"] for parts in found.parts.values() for part in parts for row in part.rows if part.counts}
    sheets = [row for row in rows.rows("sheet") if row["sheet_id"] in used - {None}]
    newest = max(sheets, key=lambda row: (ends[row["period_id"]], row["received_on"]), default=None)
    return (newest["period_id"], newest["received_on"]) if newest else ("", None)


def _measure(measure: str, parts: Sequence[Part], rows: Tables, lang: str) -> Iterator[Behind]:
    counting = [part for part in parts if part.counts or (part.weight is not None and part.amount is not None)]
    for part in sorted(counting, key=_size, reverse=True):
        yield Behind(measure, part.amount, part.weight, part.at, tuple(_rows(rows, part, lang)))


def _rows(rows: Tables, part: Part, lang: str) -> Iterator[Stands]:
    """Yield where the rows of a part stand; those of what it was made of, each with its own amount."""
    for inner in part.made_of or (part,):
        for place, row in enumerate(inner.rows):
            column = inner.column if place == 0 else ""
            amount = inner.amount if part.made_of and place == 0 else None
            yield Stands(row, column, amount, *_document(rows, row, lang), _sheet(rows, row), _request(row))


def _size(part: Part) -> float:
    amount = part.amount.toordinal() if isinstance(part.amount, date) else float(part.amount)
    return abs(amount) * float(part.weight if part.weight is not None else 1)


def _document(rows: Tables, row: Row, lang: str) -> tuple[str, str]:
    """Return the title and address of the act or source that says a row."""
    act = _by_id(rows, "act", "act_id").get(row["act_id"] or "")
    sheet = _by_id(rows, "sheet", "sheet_id").get(row["sheet_id"] or "")
    source = _by_id(rows, "source", "source_id").get(row["source_id"] or (sheet["source_id"] if sheet else "") or "")
    title = (act[f"short_{lang}"] if act and act["url"] else None) or (source["title"] if source else "")
    address = (act["url"] if act else None) or (source["url"] if source else None)
    return str(title or ""), str(address or "")


def _sheet(rows: Tables, row: Row) -> tuple[str, str]:
    """Return the project and period of the sheet that a row belongs to."""
    sheet = _by_id(rows, "sheet", "sheet_id").get(row["sheet_id"] or "")
    return (sheet["project_id"], sheet["period_id"]) if sheet else ("", "")


def _request(row: Row) -> str:
    return str(row["request_id"] or "")


def _by_id(rows: Tables, table: str, key: str) -> Mapping[str, Row]:
    known = (_by_id, table)
    if known not in rows.memory:
        rows.memory[known] = {row[key]: row for row in rows.rows(table)}
    found: Mapping[str, Row] = rows.memory[known]
    return found


def _written(value: Any) -> Any:
    """Return a value as a file would hold it, days as dates."""
    if value is None or isinstance(value, str | date):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
