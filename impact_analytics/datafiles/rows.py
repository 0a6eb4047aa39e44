"""What fills a table, where its rows stand, and the SELECT that yields them as text."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from impact_analytics.contract import Table
from impact_analytics.datafiles.mapping import ColumnMapping, quoted
from impact_analytics.problems import Problem

SOURCE = "source_id"


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

    def cell(self, columns: Iterable[str], line: int | None) -> str:
        """Return the address of the first of some columns that stands in a cell, else of the part's first column."""
        at = next((self.cells[name] for name in columns if name in self.cells), next(iter(self.cells.values()), ""))
        if at.isalpha():
            return f"{at}{line}" if line else ""
        return at


@dataclass(frozen=True)
class DataFile:
    """What fills one table: a CSV or Parquet file or a part of a workbook, with the basis and source of its rows.

    `source_id` is that of rows whose own is blank; `mapping` reads the columns of another system.
    """

    content: Path | Part
    name: str
    table: str
    basis: str
    source_id: str = ""
    mapping: ColumnMapping | None = None

    def located(self, problem: Problem) -> Problem:
        """Say where a person finds what a problem is about: the file's own column, the cell of its worksheet."""
        columns = (problem.column or "").split(", ")
        found = replace(problem, file=self.name)
        if isinstance(self.content, Part):
            cell = self.content.cell(columns, problem.line) if problem.column else ""
            return replace(found, sheet=self.content.sheet, cell=cell)
        if self.mapping and problem.column:
            return replace(found, column=", ".join(self.mapping.theirs(name) for name in columns))
        return found


@dataclass(frozen=True)
class Text:
    """A CSV file read: where its UTF-8 form stands, its header, its delimiter, and the lines below the first."""

    path: Path
    header: tuple[str, ...]
    delimiter: str
    lines: int


@dataclass(frozen=True)
class Rows:
    """Rows that are not loaded yet: a SELECT of the table's columns that are there, as text, in the file's order.

    `line` is the SQL of each row's place, over the SELECT as a table. `text` is the CSV that the engine may fail to
    split.
    """

    select: str
    columns: tuple[str, ...]
    line: str = "rowid + 2"
    text: Text | None = None


class Unusable(Exception):
    """A file that cannot be read as a table; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.rule)


def unreadable(file: DataFile, reason: object) -> Unusable:
    """Say that a file cannot be read, and why."""
    return Unusable(Problem("error", "unreadable", file.name, details={"reason": reason}))


def selected(
    file: DataFile,
    table: Table,
    fields: Mapping[str, str],
    scanned: str,
    line: str = "",
    *,
    numbers: Container[str] = (),
) -> Rows:
    """Select a table's columns from what is scanned; `fields` holds the SQL of each of the file's own columns."""
    cells = file.mapping.cells(fields, table, numbers) if file.mapping else dict(fields)
    if file.source_id and SOURCE in table.names:
        own = f"nullif(trim({cells[SOURCE]}), '')" if SOURCE in cells else "NULL"
        cells[SOURCE] = f"coalesce({own}, {quoted(file.source_id)})"
    columns = tuple(name for name in table.names if name in cells)
    chosen = [f'{cells[name]} AS "{name}"' for name in columns] + ([f"{line} AS line"] if line else [])
    select = f"SELECT {', '.join(chosen) or 'NULL AS line'} FROM {scanned}"
    return Rows(select, columns, "line") if line else Rows(select, columns)


def header_problems(file: DataFile, table: Table, header: tuple[str, ...]) -> list[Problem]:
    """Name what is wrong with the columns of a file."""
    used = file.mapping.columns if file.mapping else None
    twice = [name for name, times in Counter(header).items() if times > 1 and (used is None or name in used)]
    problems = [Problem("error", "column_twice", file.name, 1, name or "–") for name in twice]
    if used is not None:
        absent = [name for name in used if name not in header]
        return problems + [Problem("error", "mapping_absent", file.name, 1, name) for name in absent]
    problems += [_unknown(file, table, name) for name in header if name not in table.names]
    given = {*header, SOURCE} if file.source_id else set(header)
    missing = [column.name for column in table.columns if column.required and column.name not in given]
    return problems + [Problem("error", "column_missing", file.name, 1, name) for name in missing]


def _unknown(file: DataFile, table: Table, name: str) -> Problem:
    near = get_close_matches(name.lower(), table.names, 1)
    rule = "column_unknown_near" if near else "column_unknown"
    return Problem("error", rule, file.name, 1, name or "–", details={"near": "".join(near)})
