"""Parquet files, read as the text that a CSV would hold, so that the same rules judge both."""

import glob
from pathlib import Path

import duckdb

from impact_analytics.contract import Table
from impact_analytics.datafiles.mapping import quoted
from impact_analytics.datafiles.rows import DataFile, Rows, header_problems, selected, unreadable
from impact_analytics.problems import Problem

NUMBER = "file_row_number"
NUMERIC = ("DECIMAL", "DOUBLE", "FLOAT", "HUGEINT", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "U")


def read(db: duckdb.DuckDBPyConnection, file: DataFile, path: Path, table: Table) -> tuple[Rows, list[Problem]]:
    """Return the rows of a Parquet file, counted from 1, and what is wrong with its columns."""
    scanned = f"read_parquet({quoted(glob.escape(str(path)))}, {NUMBER} = true)"
    try:
        described = db.execute(f"DESCRIBE SELECT * EXCLUDE ({NUMBER}) FROM {scanned}").fetchall()
    except duckdb.Error as error:
        raise unreadable(file, str(error).partition("\n")[0]) from error
    types = {str(row[0]): str(row[1]) for row in described}
    fields = {name: _text(name, kind) for name, kind in types.items()}
    numbers = {name for name, kind in types.items() if kind.startswith(NUMERIC)}
    rows = selected(file, table, fields, scanned, f"{NUMBER} + 1", numbers=numbers)
    return rows, header_problems(file, table, tuple(types))


def _text(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    cell = f"CAST({column} AS VARCHAR)"
    if kind.startswith(("DECIMAL", "DOUBLE", "FLOAT")):
        # Zeros beyond the cent say nothing, and whole numbers with gaps among them reach us as floats.
        return rf"regexp_replace(regexp_replace({cell}, '(\.[0-9]{{2}})0+$', '\1'), '\.0+$', '')"
    if kind.startswith("TIMESTAMP"):
        return f"regexp_replace({cell}, ' 00:00:00$', '')"
    return cell
