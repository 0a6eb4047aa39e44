"""Data files of a programme, brought to one form: UTF-8 text with a header, matched by name."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

import duckdb

from impact_analytics.contract import Table
from impact_analytics.problems import Problem, capped

DELIMITERS = (",", ";", "\t", "|")
BLANK_LINE = re.compile(r"\n[ \t]*\r?\n[^\n]*\S")
GLOB = frozenset("*?[")


@dataclass(frozen=True)
class DataFile:
    """One CSV file of a programme: the table it fills and the basis of its rows."""

    path: Path
    name: str
    table: str
    basis: str


@dataclass(frozen=True)
class Part:
    """Rows of one table as text, each with the row of the file or worksheet in which it stands.

    Cells are canonical: ISO days, a decimal point, `true` and `false`; None is blank. `cells` says where a column
    stands in its worksheet: a letter, or the address of a single cell.
    """

    table: str
    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]
    sheet: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Text:
    """A file read: where its UTF-8 form stands, its header and delimiter, and whether its lines are all of one kind."""

    path: Path
    header: tuple[str, ...]
    delimiter: str
    even: bool


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
    content, encoding = _content(file)
    delimiter = _delimiter(content, table)
    header = _header(file, content, delimiter)
    problems = [
        Problem("notice", rule, file.name, details={"found": found}) for rule, found in _oddities(encoding, delimiter)
    ]
    problems += _header_problems(file, table, header)
    if not _has_rows(content):
        problems.append(Problem("notice", "header_only", file.name))
    path = file.path
    if encoding != "utf-8" or GLOB.intersection(str(path)):
        path = _aside(file, scratch)
        path.write_text(content, encoding="utf-8", newline="")
    return Text(path, header, delimiter, _even(content)), problems


def stage(db: duckdb.DuckDBPyConnection, file: DataFile, text: Text, table: Table, scratch: Path) -> list[Problem]:
    """Load the contract's columns of a file as text into `staged`, with `line`; return rows that cannot be split."""
    if text.even:
        try:
            db.execute(_staged(text.path, text.header, text.delimiter, table))
        except duckdb.Error:
            pass
        else:
            return []
    path = _aside(file, scratch)
    problems = _write_even(file, text, path)
    try:
        db.execute(_staged(path, ("", *text.header), ",", table, numbered=True))
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        raise Unusable(Problem("error", "unreadable", file.name, details={"reason": reason})) from error
    return problems


def _content(file: DataFile) -> tuple[str, str]:
    try:
        raw = file.path.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise Unusable(Problem("error", "unreadable", file.name, details={"reason": reason})) from error
    if not raw.strip():
        raise Unusable(Problem("error", "empty_file", file.name))
    try:
        content, encoding = _decoded(raw)
    except UnicodeDecodeError as error:
        raise Unusable(Problem("error", "binary", file.name)) from error
    if "\0" in content:
        raise Unusable(Problem("error", "binary", file.name))
    return content, encoding


def _decoded(raw: bytes) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16"), "UTF-16"
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw.decode("utf-8-sig"), "BOM"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252"), "cp1252"


def _delimiter(content: str, table: Table) -> str:
    first = content.splitlines()[0]
    known = set(table.names)

    def fit(delimiter: str) -> tuple[int, int]:
        names = [name.strip().strip('"') for name in first.split(delimiter)]
        return len(known.intersection(names)), len(names)

    return max(DELIMITERS, key=fit)


def _header(file: DataFile, content: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(name.strip() for name in next(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)))
    except csv.Error as error:
        raise Unusable(Problem("error", "binary", file.name)) from error


def _oddities(encoding: str, delimiter: str) -> Iterator[tuple[str, str]]:
    if encoding != "utf-8":
        yield "encoding", encoding
    if delimiter != ",":
        yield "delimiter", "TAB" if delimiter == "\t" else delimiter


def _has_rows(content: str) -> bool:
    return any(line.strip() for line in content.splitlines()[1:])


def _even(content: str) -> bool:
    """Say whether the engine counts lines as a spreadsheet does: no blank lines between rows, one kind of line end."""
    windows = content.count("\r\n")
    return windows in (0, content.count("\n")) and not BLANK_LINE.search(content)


def _header_problems(file: DataFile, table: Table, header: tuple[str, ...]) -> list[Problem]:
    twice = [name for name, times in Counter(header).items() if times > 1]
    problems = [Problem("error", "column_twice", file.name, 1, name or "–") for name in twice]
    for name in header:
        if name not in table.names:
            near = get_close_matches(name.lower(), table.names, 1)
            rule = "column_unknown_near" if near else "column_unknown"
            problems.append(Problem("error", rule, file.name, 1, name or "–", details={"near": "".join(near)}))
    missing = [column.name for column in table.columns if column.required and column.name not in header]
    return problems + [Problem("error", "column_missing", file.name, 1, name) for name in missing]


def _aside(file: DataFile, scratch: Path) -> Path:
    return scratch / f"{len(list(scratch.iterdir()))}_{file.table}.csv"


def _staged(path: Path, names: tuple[str, ...], delimiter: str, table: Table, *, numbered: bool = False) -> str:
    fields = "{" + ", ".join(f"c{place}: 'VARCHAR'" for place in range(len(names))) + "}"
    line = "CAST(c0 AS BIGINT)" if numbered else "row_number() OVER () + 1"
    kept = [f'c{names.index(name)} AS "{name}"' for name in table.names if name in names]
    return f"""
        CREATE OR REPLACE TEMP TABLE staged AS
        SELECT {", ".join([f"{line} AS line", *kept])} FROM read_csv(
            {_quoted(str(path))}, columns = {fields}, delim = {_quoted(delimiter)}, quote = '"', escape = '"',
            header = {str(not numbered).lower()}, auto_detect = false, nullstr = '', strict_mode = true,
            max_line_size = 4194304
        )
    """


def _write_even(file: DataFile, text: Text, path: Path) -> list[Problem]:
    """Write the rows that have the header's fields, each after its number; return the others."""
    problems = []
    with text.path.open(encoding="utf-8", newline="") as lines, path.open("w", encoding="utf-8", newline="") as kept:
        writer = csv.writer(kept, lineterminator="\n")
        for number, row in _numbered(lines, text.delimiter):
            if row is None:
                problems.append(Problem("error", "quotes", file.name, number))
            elif len(row) == len(text.header):
                writer.writerow([number, *row])
            elif any(cell.strip() for cell in row):
                details = {"found": len(row), "wanted": len(text.header)}
                problems.append(Problem("error", "ragged", file.name, number, details=details))
    return capped(problems)


def _numbered(lines: TextIO, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the rows below the header, numbered as a spreadsheet does; None for one whose quotes do not close."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    next(reader)
    number = 1
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, None


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
