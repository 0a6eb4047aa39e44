"""Data files of a programme, brought to one form: UTF-8 text with a header, matched by name."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import duckdb

from impact_analytics.contract import Table
from impact_analytics.problems import Problem

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class DataFile:
    """One CSV file of a programme: the table it fills and the basis of its rows."""

    path: Path
    name: str
    table: str
    basis: str


@dataclass(frozen=True)
class Text:
    """A file read: where its UTF-8 form stands, its header and delimiter."""

    path: Path
    header: tuple[str, ...]
    delimiter: str


class Unusable(Exception):
    """A file that cannot be read as a table; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.rule)


def data_files(folder: Path, basis: str) -> list[DataFile]:
    """List the CSV files of a programme folder."""
    return [DataFile(path, f"{folder.name}/{path.name}", path.stem, basis) for path in sorted(folder.glob("*.csv"))]


def read(file: DataFile, table: Table, scratch: Path) -> tuple[Text, list[Problem]]:
    """Bring a file to UTF-8 with a known delimiter; raise Unusable where there is no table in it."""
    try:
        raw = file.path.read_bytes()
    except OSError as error:
        raise Unusable(
            Problem("error", "unreadable", file.name, details={"reason": error.strerror or error})
        ) from error
    if not raw.strip():
        raise Unusable(Problem("error", "empty_file", file.name))
    content, encoding = _decoded(raw)
    if "\0" in content:
        raise Unusable(Problem("error", "binary", file.name))
    delimiter = _delimiter(content, table)
    header = tuple(name.strip() for name in next(csv.reader(io.StringIO(content), delimiter=delimiter)))
    problems = [
        Problem("notice", rule, file.name, details={"found": found}) for rule, found in _oddities(encoding, delimiter)
    ]
    problems += _header_problems(file, table, header)
    if not _has_rows(content):
        problems.append(Problem("notice", "header_only", file.name))
    plain = encoding == "utf-8"
    path = file.path if plain else scratch / f"{len(list(scratch.iterdir()))}_{file.path.name}"
    if not plain:
        path.write_text(content, encoding="utf-8", newline="")
    return Text(path, header, delimiter), problems


def stage(db: duckdb.DuckDBPyConnection, file: DataFile, text: Text, into: str) -> None:
    """Load a file as text into a table of its own columns plus `line`; raise Unusable where a row has other fields."""
    columns = "{" + ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in text.header) + "}"
    statement = f"""
        CREATE OR REPLACE TEMP TABLE {into} AS
        SELECT row_number() OVER () + 1 AS line, * FROM read_csv(
            {_quoted(str(text.path))}, columns = {columns}, delim = {_quoted(text.delimiter)}, quote = '"', escape = '"',
            header = true, auto_detect = false, nullstr = '', strict_mode = true, max_line_size = 4194304
        )
    """
    try:
        db.execute(statement)
    except duckdb.Error as error:
        raise Unusable(
            _ragged(file, text) or Problem("error", "unreadable", file.name, details={"reason": error})
        ) from error


def _decoded(raw: bytes) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), "UTF-16"
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw.decode("utf-8-sig", errors="replace"), "BOM"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), "cp1252"


def _delimiter(content: str, table: Table) -> str:
    first = content.split("\n", 1)[0].rstrip("\r")
    known = set(table.names)

    def fit(delimiter: str) -> tuple[int, int]:
        names = [name.strip().strip('"') for name in first.split(delimiter)]
        return len(known.intersection(names)), len(names)

    return max(DELIMITERS, key=fit)


def _oddities(encoding: str, delimiter: str) -> Iterator[tuple[str, str]]:
    if encoding != "utf-8":
        yield "encoding", encoding
    if delimiter != ",":
        yield "delimiter", "TAB" if delimiter == "\t" else delimiter


def _has_rows(content: str) -> bool:
    return bool(content.partition("\n")[2].strip())


def _header_problems(file: DataFile, table: Table, header: tuple[str, ...]) -> list[Problem]:
    problems = []
    for name, times in Counter(header).items():
        if times > 1:
            problems.append(Problem("error", "column_twice", file.name, 1, name))
    for name in header:
        if name not in table.names:
            near = get_close_matches(name, table.names, 1)
            rule = "column_unknown_near" if near else "column_unknown"
            problems.append(Problem("error", rule, file.name, 1, name, details={"near": "".join(near)}))
    for column in table.columns:
        if column.required and column.name not in header:
            problems.append(Problem("error", "column_missing", file.name, 1, column.name))
    return problems


def _ragged(file: DataFile, text: Text) -> Problem | None:
    with text.path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines, delimiter=text.delimiter), 1):
            if row and len(row) != len(text.header):
                details = {"found": len(row), "wanted": len(text.header)}
                return Problem("error", "ragged", file.name, number, details=details)
    return None


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
