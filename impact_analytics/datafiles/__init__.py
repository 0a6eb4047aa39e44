"""Whatever rows come in, brought to one form: a SELECT of text in the columns of a table.

They stand in CSV and Parquet files, in the contract's columns or through a mapping, and in parts of a workbook.
"""

from pathlib import Path

import duckdb

from impact_analytics.contract import Table
from impact_analytics.datafiles import csvs, parquet
from impact_analytics.datafiles.csvs import even, split
from impact_analytics.datafiles.rows import DataFile, Part, Rows, Unusable, unreadable
from impact_analytics.problems import Problem

__all__ = ["DataFile", "Part", "Rows", "Unusable", "data_files", "even", "read", "split", "unreadable"]


def data_files(folder: Path, basis: str) -> list[DataFile]:
    """List the CSV files of a programme folder."""
    return [DataFile(path, f"{folder.name}/{path.name}", path.stem, basis) for path in sorted(folder.glob("*.csv"))]


def read(db: duckdb.DuckDBPyConnection, file: DataFile, table: Table, scratch: Path) -> tuple[Rows, list[Problem]]:
    """Return the rows of a file and what is odd about it; raise Unusable where there is no table in it."""
    if isinstance(file.content, Part):
        return csvs.part(file, file.content, table, scratch), []
    if file.content.suffix == ".parquet":
        return parquet.read(db, file, file.content, table)
    return csvs.read(file, file.content, table, scratch)
