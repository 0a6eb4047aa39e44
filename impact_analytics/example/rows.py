"""Rows, tables and how they become text."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]

SOURCE = "seed"


def by(rows: Iterable[Row], column: str) -> dict[Any, Row]:
    """Index rows by a column whose values are unique."""
    return {row[column]: row for row in rows}


def grouped(rows: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    """Group rows by a column, in the order they come."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups


def both(name: str, words: tuple[str, str]) -> Row:
    """Return the Italian and the English column of a text."""
    return {f"{name}_it": words[0], f"{name}_en": words[1]}


def cell(value: Any) -> str:
    """Write one value as the data files write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)


def csv_text(rows: Sequence[Row]) -> str:
    """Write rows that share their columns as CSV with line feeds.

    Raises ValueError when a row has other columns than the first.
    """
    columns = list(rows[0])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        if list(row) != columns:
            raise ValueError(f"A row has the columns {list(row)}, the first one {columns}: give all rows the same.")
        writer.writerow([cell(value) for value in row.values()])
    return out.getvalue()
