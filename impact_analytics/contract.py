"""The contract of the data files, read back from `schema.sql`."""

from dataclasses import dataclass
from functools import cache

import duckdb

from impact_analytics.settings import SQL

KINDS = ("CHECK", "PRIMARY KEY", "UNIQUE", "FOREIGN KEY")


@dataclass(frozen=True)
class Column:
    """A column of a data file: its DuckDB type and whether it may be blank."""

    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class Constraint:
    """A rule that a database would enforce, keyed by table, columns and expression."""

    kind: str
    columns: tuple[str, ...]
    expression: str = ""
    references: str = ""
    referenced: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A data file's columns and constraints."""

    name: str
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the column names in order."""
        return tuple(column.name for column in self.columns)


@cache
def contract() -> dict[str, Table]:
    """Return every table of `schema.sql`, in the order in which references can be followed."""
    with duckdb.connect() as db:
        db.execute((SQL / "schema.sql").read_text(encoding="utf-8"))
        names = [row[0] for row in db.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_oid").fetchall()]
        return {name: Table(name, _columns(db, name), _constraints(db, name)) for name in names}


def _columns(db: duckdb.DuckDBPyConnection, table: str) -> tuple[Column, ...]:
    rows = db.execute(
        "SELECT column_name, data_type, NOT is_nullable FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    return tuple(Column(*row) for row in rows)


def _constraints(db: duckdb.DuckDBPyConnection, table: str) -> tuple[Constraint, ...]:
    rows = db.execute(
        """
        SELECT constraint_type, constraint_column_names, expression, referenced_table, referenced_column_names
        FROM duckdb_constraints() WHERE table_name = ? ORDER BY constraint_index
        """,
        [table],
    ).fetchall()
    return tuple(
        Constraint(kind, tuple(columns), expression or "", references or "", tuple(referenced or ()))
        for kind, columns, expression, references, referenced in rows
        if kind in KINDS
    )
