"""CSV files as people save them, brought to UTF-8 text with a header; and parts of a workbook, written as such."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from impact_analytics.contract import Table
from impact_analytics.datafiles.mapping import quoted
from impact_analytics.datafiles.rows import DataFile, Part, Rows, Text, Unusable, header_problems, selected, unreadable
from impact_analytics.problems import Problem, capped

DELIMITERS = (",", ";", "\t", "|")
LINE_END = re.compile(r"[\r\n]")
A_ROW = re.compile(r"[\r\n]\s*\S")
BLANK_LINE = re.compile(r"\n[ \t]*\r?\n[^\n]*\S")
GLOB = frozenset("*?[")
LONGEST_LINE = 4 * 1024 * 1024
PIECE = LONGEST_LINE  # bytes that are looked at together: a header and a row are among the first


@dataclass(frozen=True)
class Look:
    """What is seen of a file: how it starts, how its text is encoded, how many lines end, and where it is UTF-8."""

    start: str
    encoding: str
    lines: int
    path: Path


def read(file: DataFile, path: Path, table: Table, scratch: Path) -> tuple[Rows, list[Problem]]:
    """Return the rows of a CSV file and what is odd about it; raise Unusable where there is no table in it."""
    look = (None if GLOB.intersection(str(path)) else _look_through(path)) or _bring_over(file, path, scratch)
    delimiter = _delimiter(look.start, file.mapping.columns if file.mapping else table.names)
    header = _header(file, look.start, delimiter)
    problems = [
        Problem("notice", rule, file.name, details={"found": found})
        for rule, found in _oddities(look.encoding, delimiter)
    ]
    problems += header_problems(file, table, header)
    if not A_ROW.search(look.start):
        problems.append(Problem("notice", "header_only", file.name))
    text = Text(look.path, header, delimiter, look.lines)
    rows = selected(file, table, _fields(header), _scanned(look.path, len(header), delimiter))
    return replace(rows, text=text), problems


def _look_through(path: Path) -> Look | None:
    """Look through a file in pieces; None where it is not plain UTF-8 with something in it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    start, lines, last = "", 0, b""
    try:
        with path.open("rb", buffering=0) as file:
            while piece := file.read(PIECE):
                if b"\0" in piece:
                    return None
                text = decoder.decode(piece)
                start, lines, last = start or text, lines + piece.count(b"\n"), piece
            decoder.decode(b"", final=True)
    except (OSError, UnicodeDecodeError):
        return None
    if start.startswith("\ufeff") or not start.strip():
        return None
    return Look(start, "utf-8", lines - last.endswith(b"\n"), path)


def _bring_over(file: DataFile, path: Path, scratch: Path) -> Look:
    """Bring a file to plain UTF-8 under a name of our own; raise Unusable where there is no text in it."""
    content, encoding = _content(file, path)
    aside = _aside(file, scratch)
    aside.write_text(content, encoding="utf-8", newline="")
    return Look(content, encoding, content.count("\n") - content.endswith("\n"), aside)


def even(rows: Rows) -> bool:
    """Say whether the engine counts lines as a spreadsheet does: no blank lines between rows, one kind of line end."""
    if rows.text is None:
        return True
    content = rows.text.path.read_bytes().decode("utf-8")
    windows = content.count("\r\n")
    return windows in (0, content.count("\n")) and not BLANK_LINE.search(content)


def split(file: DataFile, rows: Rows, table: Table, scratch: Path) -> tuple[Rows, list[Problem]]:
    """Split row by row what the engine cannot; return the rows that have the header's fields, and name the others."""
    if rows.text is None:
        return rows, []
    path = _aside(file, scratch)
    problems = _write_even(file, rows.text, path)
    return _numbered_rows(file, path, rows.text.header, table), problems


def plainly(raw: bytes, columns: Iterable[str]) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    """Return header and rows of a CSV file without an engine, rows numbered as a spreadsheet does.

    Only files in which nothing is wrong are read so; `columns` are those that its header may name.
    """
    text, _ = decoded(raw)
    delimiter = _delimiter(text, columns)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = tuple(name.strip() for name in next(lines))
    return header, ((line, row) for line, row in enumerate(lines, 2) if any(cell.strip() for cell in row))


def part(file: DataFile, part: Part, table: Table, scratch: Path) -> Rows:
    """Return the rows of a part of a workbook."""
    path = _aside(file, scratch)
    with path.open("w", encoding="utf-8", newline="") as kept:
        writer = csv.writer(kept, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows([line, *(cell or "" for cell in cells)] for line, cells in part.rows)
    return _numbered_rows(file, path, part.header, table)


def _numbered_rows(file: DataFile, path: Path, header: tuple[str, ...], table: Table) -> Rows:
    """Read rows that were written each after its number."""
    # Of our own writing we know how lines end; a carriage return in a cell would else count as one.
    scanned = _scanned(path, len(header) + 1, ",", r"header = false, new_line = '\n'")
    return selected(file, table, _fields(header, 1), scanned, "CAST(c0 AS BIGINT)")


def _fields(header: tuple[str, ...], first: int = 0) -> dict[str, str]:
    """Return the engine's name of each column; of two with one name the first."""
    return {name: f"c{place}" for place, name in reversed(list(enumerate(header, first)))}


def _scanned(path: Path, width: int, delimiter: str, form: str = "header = true") -> str:
    fields = "{" + ", ".join(f"c{place}: 'VARCHAR'" for place in range(width)) + "}"
    return f"""read_csv(
        {quoted(str(path))}, columns = {fields}, delim = {quoted(delimiter)}, quote = '"', escape = '"',
        {form}, auto_detect = false, nullstr = '', strict_mode = true, max_line_size = {LONGEST_LINE}
    )"""


def _content(file: DataFile, path: Path) -> tuple[str, str]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise unreadable(file, error.strerror or error) from error
    if not raw or raw.isspace():
        raise Unusable(Problem("error", "empty_file", file.name))
    try:
        content, encoding = decoded(raw)
    except UnicodeDecodeError as error:
        raise Unusable(Problem("error", "binary", file.name)) from error
    if "\0" in content:
        raise Unusable(Problem("error", "binary", file.name))
    return content, encoding


def decoded(raw: bytes) -> tuple[str, str]:
    """Return a file's text and how it was encoded; raise UnicodeDecodeError where it is none."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16"), "UTF-16"
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw.decode("utf-8-sig"), "BOM"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252"), "cp1252"


def _delimiter(content: str, columns: Iterable[str]) -> str:
    first = _first_line(content)
    known = set(columns)

    def fit(delimiter: str) -> tuple[int, int]:
        names = [name.strip().strip('"') for name in first.split(delimiter)]
        return len(known.intersection(names)), len(names)

    return max(DELIMITERS, key=fit)


def _first_line(content: str) -> str:
    end = LINE_END.search(content)
    return content[: end.start()] if end else content


def _header(file: DataFile, content: str, delimiter: str) -> tuple[str, ...]:
    start = io.StringIO(content[:LONGEST_LINE], newline="")
    try:
        return tuple(name.strip() for name in next(csv.reader(start, delimiter=delimiter)))
    except csv.Error as error:
        raise Unusable(Problem("error", "binary", file.name)) from error


def _oddities(encoding: str, delimiter: str) -> Iterator[tuple[str, str]]:
    if encoding != "utf-8":
        yield "encoding", encoding
    if delimiter != ",":
        yield "delimiter", "TAB" if delimiter == "\t" else delimiter


def _aside(file: DataFile, scratch: Path) -> Path:
    return scratch / f"{len(list(scratch.iterdir()))}_{file.table}.csv"


def _write_even(file: DataFile, text: Text, path: Path) -> list[Problem]:
    """Write the rows that have the header's fields, each after its number; return the others."""
    problems = []
    with text.path.open(encoding="utf-8", newline="") as lines, path.open("w", encoding="utf-8", newline="") as kept:
        writer = csv.writer(kept, lineterminator="\n", quoting=csv.QUOTE_ALL)
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
