"""Other readings of what sources contradict: what keeps one from being tried, and what it changes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb

from impact_analytics.contract import Column, contract
from impact_analytics.problems import Problem

TABLE = "alternative"


@dataclass(frozen=True)
class Alternative:
    """What another reading changes: a column (blank: the row is left out) of the rows whose key column has a value."""

    table: str
    key: str
    wanted: str
    column: str
    value: str | None
    file: str
    line: int


def broken_alternatives(db: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Name the other readings that cannot be tried."""
    for one in _alternatives(db, "table_name IS NOT NULL AND key_column IS NOT NULL AND key_value IS NOT NULL"):
        problem = _problem(db, one)
        if problem:
            yield problem


def changed_by(db: duckdb.DuckDBPyConnection, contradiction: str) -> list[Alternative]:
    """Return what the other reading of a contradiction changes."""
    return _alternatives(db, "contradiction_id = $id", id=contradiction)


def try_out(db: duckdb.DuckDBPyConnection, one: Alternative) -> None:
    """Change rows as another reading has them; the table must be one, not a view."""
    where = f'WHERE CAST("{one.key}" AS VARCHAR) = $wanted'
    if one.column:
        kind = _columns(one.table)[one.column].type
        change = f'UPDATE "{one.table}" SET "{one.column}" = CAST($value AS {kind}) {where}'
        db.execute(change, {"wanted": one.wanted, "value": one.value})
    else:
        db.execute(f'DELETE FROM "{one.table}" {where}', {"wanted": one.wanted})


def _alternatives(db: duckdb.DuckDBPyConnection, where: str, **known: str) -> list[Alternative]:
    found = db.execute(
        f"""
        SELECT table_name, key_column, key_value, coalesce(column_name, ''), "value", "file", line
        FROM {TABLE} WHERE {where} ORDER BY "file", line
        """,
        known,
    )
    return [Alternative(*row) for row in found.fetchall()]


def _problem(db: duckdb.DuckDBPyConnection, one: Alternative) -> Problem | None:
    if one.table not in contract():
        return _said("alternative_table", one, "table_name", one.table)
    columns = _columns(one.table)
    for place, name in (("key_column", one.key), ("column_name", one.column)):
        if name and name not in columns:
            return _said("alternative_column", one, place, name)
    found = db.execute(f'SELECT count(*) FROM "{one.table}" WHERE CAST("{one.key}" AS VARCHAR) = $1', [one.wanted])
    if found.fetchone() == (0,):
        return replace(_said("alternative_row", one, "key_value", one.wanted), severity="warning")
    if one.column:
        return _of_value(db, one, columns[one.column])
    return _said("blank", one, "column_name", "") if one.value is not None else None


def _of_value(db: duckdb.DuckDBPyConnection, one: Alternative, column: Column) -> Problem | None:
    if one.value is None:
        return _said("blank", one, "value", "") if column.required else None
    cast = db.execute(f"SELECT TRY_CAST($1 AS {column.type})", [one.value]).fetchone()
    return _said("alternative_value", one, "value", one.value) if cast == (None,) else None


def _columns(table: str) -> dict[str, Column]:
    return {column.name: column for column in contract()[table].columns}


def _said(rule: str, one: Alternative, column: str, value: str) -> Problem:
    details = {"table": one.table, "column_name": one.column or one.key}
    return Problem("error", rule, one.file, one.line, column, value, details=details)
