"""What the data are: their sources, gaps, tables and state, and how each metric is computed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import pandas as pd

from impact_analytics.contract import Column, Table, contract
from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.queries.asked import Asked, rows, statements
from impact_analytics.semantics import Metric, lacking, mart, metrics
from impact_analytics.store import NoSnapshot, Snapshot

__all__ = [
    "Column",
    "Metric",
    "Passport",
    "Rule",
    "State",
    "by_group",
    "columns",
    "gaps",
    "metrics",
    "passport",
    "rules_over_several",
    "sources",
    "state",
    "table",
    "tables",
    "warnings",
]

# By which column a table says since when a row is known; the first that it has.
KNOWN_BY = ("known_from", "received_on", "submitted_on", "reviewed_on", "verified_on", "done_on", "found_on", "on_date")
EVERY_COLUMN = ("basis", "file", "line")

Rule = tuple[str, Mapping[str, str]]


def sources(asked: Asked, lang: str, wanted: str = "") -> pd.DataFrame:
    """Return the sources whose words hold the text wanted, the most used first.

    Columns: source_id, title, url, publisher, day, precision, licence, note, rows, tables. `rows` counts the rows that
    name the source, columns cited apart among them; `tables` lists where they stand.
    """
    citing = " UNION ALL ".join(
        f"SELECT source_id, '{table.name}' AS name FROM \"{table.name}\""
        for table in contract().values()
        if "source_id" in table.names and table.name != "source"
    )
    return rows(
        asked,
        f"""
        WITH used AS (
            SELECT source_id, name, count(*) AS rows FROM ({citing}) GROUP BY ALL
        )
        SELECT s.source_id, s.title, coalesce(s.url, '') AS url, s.publisher, s.published_on AS day,
            coalesce(s.published_precision, 'day') AS precision, coalesce(s.licence, '') AS licence,
            coalesce(s.note_{lang}, '') AS note, CAST(coalesce(sum(u.rows), 0) AS BIGINT) AS rows,
            coalesce(list(u.name ORDER BY u.rows DESC, u.name) FILTER (WHERE u.name IS NOT NULL), []) AS tables
        FROM source AS s
        LEFT JOIN used AS u USING (source_id)
        WHERE contains(
            strip_accents(lower(concat_ws(' ', s.source_id, s.title, s.publisher, s.licence, s.note_{lang}))),
            strip_accents(lower($wanted))
        )
        GROUP BY ALL
        ORDER BY rows DESC, s.publisher, s.title
        """,
        wanted=wanted.strip(),
    )


def gaps(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what no source answers: page (slug), title, reason."""
    return rows(
        asked, f"SELECT page, title_{lang} AS title, reason_{lang} AS reason FROM gap ORDER BY position, gap_id"
    )


def tables(asked: Asked) -> pd.DataFrame:
    """Return every table of the contract: name, rows, columns, newest (date), and the column that date stands in."""
    parts = []
    for table in contract().values():
        known = next((name for name in KNOWN_BY if name in table.names), "")
        newest = f'max("{known}")' if known else "NULL"
        parts.append(
            f"SELECT '{table.name}' AS name, count(*) AS rows, {len(table.columns)} AS columns, "
            f'\'{known}\' AS "column", CAST({newest} AS DATE) AS newest FROM "{table.name}"'
        )
    return rows(asked, " UNION ALL ".join(parts))


def table(asked: Asked, name: str) -> pd.DataFrame:
    """Return a table of the contract whole, with basis, file and line of each row."""
    columns = ", ".join(f'"{column}"' for column in (*contract()[name].names, *EVERY_COLUMN))
    return rows(asked, f'SELECT {columns} FROM "{name}" ORDER BY "file", line')


def columns(name: str) -> list[tuple[Column, list[Rule]]]:
    """Return the columns of a table with the rules over each of them alone."""
    chosen = contract()[name]
    return [(column, _rules(chosen, (column.name,))) for column in chosen.columns]


def rules_over_several(name: str) -> list[tuple[tuple[str, ...], Rule]]:
    """Return the rules of a table over several columns together."""
    found = contract()[name].constraints
    return [(constraint.columns, constraint.sentence) for constraint in found if len(constraint.columns) > 1]


def _rules(table: Table, columns: tuple[str, ...]) -> list[Rule]:
    return [constraint.sentence for constraint in table.constraints if constraint.columns == columns]


@dataclass(frozen=True)
class Passport:
    """How one metric is computed: the SELECTs that run, their parameters, and the SELECTs of what the build made.

    `not_split` holds the dimensions that it cannot be narrowed by; then nothing runs.
    """

    metric: Metric
    statements: Sequence[tuple[str, Mapping[str, Any]]]
    made: Mapping[str, str]
    not_split: tuple[str, ...]


def passport(asked: Asked, name: str) -> Passport:
    """Return the very SELECTs that answer a metric as asked."""
    if missing := lacking(name, asked.chosen, asked.snapshot.columns):
        return Passport(metrics()[name], (), {}, missing)
    found = statements(asked, name)
    made = {f"made_{mart_name}": mart(mart_name) for sql, _ in found for mart_name in _made(sql)}
    return Passport(metrics()[name], found, made, ())


def _made(sql: str) -> list[str]:
    """Return the marts that a SELECT reads ready made, and those that they were made of."""
    found = dict.fromkeys(re.findall(r"\bmade_(\w+)", sql))
    for name in list(found):
        found |= dict.fromkeys(re.findall(r"\bmart_(\w+)", mart(name)))
    return list(found)


@lru_cache(maxsize=1)
def by_group() -> Mapping[str, Sequence[Metric]]:
    """Return every metric by its group, in the order in which the frame names the groups."""
    found: dict[str, list[Metric]] = {group: [] for group in texts("app", LANGUAGES[0])["groups"]}
    for metric in metrics().values():
        found.setdefault(metric.group, []).append(metric)
    return {group: members for group, members in found.items() if members}


@dataclass(frozen=True)
class State:
    """A snapshot as the build left it: id, when it was built (UTC), rows, tables with rows, newest day known."""

    id: str
    built: datetime | None
    rows: int
    filled: int
    tables: int
    newest: date | None


def state(asked: Asked) -> State:
    """Return the state of the data shown."""
    found = tables(asked)
    newest = [day for day, column in zip(found["newest"], found["column"], strict=True) if day and column in KNOWN_BY]
    return State(
        asked.snapshot.id,
        _built(asked.snapshot),
        int(found["rows"].sum()),
        int((found["rows"] > 0).sum()),
        len(found),
        max(newest, default=None),
    )


def warnings(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what the build warned of: severity, sentence."""
    return rows(
        asked,
        f"SELECT severity, sentence_{lang} AS sentence FROM warning ORDER BY severity = 'notice', rowid",
    )


def _built(snapshot: Snapshot) -> datetime | None:
    try:
        return datetime.fromisoformat(snapshot.note("built"))
    except NoSnapshot:
        return None
