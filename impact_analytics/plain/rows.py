"""The input rows as people wrote them, each with the place where it stands: no database reads them here."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from pyarrow import parquet

from impact_analytics.contract import contract
from impact_analytics.datafiles import DataFile, Part, csvs

KEPT = 4096  # answers that are remembered of one state of the files
DAY = re.compile(r"\d{4}-\d\d-\d\d")
WITH_COMMA = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+),\d+")
SEPARATED = re.compile(r"-?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?")
AMOUNTS = ("DECIMAL(18,2)", "DOUBLE")

Cells = Mapping[str, Any]  # text, days as dates, None where blank
Place = tuple[int, Sequence[str | None]]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One input row: its table and place, its basis, its cells, and the part of a workbook in which it stands."""

    table: str
    file: str
    line: int
    basis: str
    cells: Cells
    part: Part | None = None

    def __getitem__(self, column: str) -> Any:
        """Return a cell; None where it is blank or the file has no such column."""
        return self.cells.get(column)

    def euro(self, column: str) -> Decimal | None:
        """Return an amount; None where it is blank."""
        written = self.cells.get(column)
        return None if written is None else decimal(written)

    def number(self, column: str) -> int | None:
        """Return a whole number; None where it is blank."""
        written = self.cells.get(column)
        return None if written is None else int(written)

    def true(self, column: str) -> bool:
        """Say whether a cell says `true`."""
        return str(self.cells.get(column)).strip().lower() == "true"

    @property
    def sheet(self) -> str:
        """Return the worksheet in which it stands; blank for a CSV."""
        return self.part.sheet if self.part else ""

    def cell(self, column: str) -> str:
        """Return the address of a column's cell in its worksheet; blank for a CSV."""
        return self.part.cell([column], self.line) if self.part else ""


@dataclass(frozen=True, eq=False)
class Tables:
    """One state of a programme's rows, each table read when it is first asked for, and what was worked out of them."""

    load: Callable[[str], Sequence[Row]]
    memory: dict[Any, Any] = field(default_factory=dict, repr=False)

    def rows(self, table: str) -> Sequence[Row]:
        """Return every row of a table."""
        if ("rows", table) not in self.memory:
            self.memory["rows", table] = tuple(self.load(table))
        found: Sequence[Row] = self.memory["rows", table]
        return found

    def known(self, table: str, day: date, on: str = "known_from") -> list[Row]:
        """Return the rows of a table that were known by a day, by the column that says since when."""
        return [row for row in self.rows(table) if row.cells.get(on) and row.cells[on] <= day]


P = ParamSpec("P")
T = TypeVar("T")


def remembered(function: Callable[Concatenate[Tables, P], T]) -> Callable[Concatenate[Tables, P], T]:
    """Remember what is worked out of rows for as long as they are held."""

    def answered(tables: Tables, /, *about: P.args, **named: P.kwargs) -> T:
        key = (function, *about, *named.items())
        if key not in tables.memory:
            if len(tables.memory) >= KEPT:
                forget(tables)
            tables.memory[key] = function(tables, *about, **named)
        found: T = tables.memory[key]
        return found

    return answered


def forget(tables: Tables) -> None:
    """Forget what was worked out, but not the rows."""
    for key in [key for key in tables.memory if key[0] != "rows"]:
        tables.memory.pop(key, None)


def read(files: Sequence[DataFile]) -> Tables:
    """Return the rows of data files: CSV, Parquet, parts of workbooks."""

    def load(table: str) -> list[Row]:
        return [row for file in files if file.table == table for row in rows_of(file)]

    return Tables(load)


def rows_of(file: DataFile) -> Iterator[Row]:
    """Yield the rows of one file."""
    part = file.content if isinstance(file.content, Part) else None
    header, places, numbers = _content(file)
    for line, cells in places:
        said = dict(zip(header, cells, strict=False))
        ours = _mapped(file, said, numbers) if file.mapping else said
        if file.source_id and "source_id" in contract()[file.table].names and not (ours.get("source_id") or "").strip():
            ours["source_id"] = file.source_id
        yield Row(file.table, file.name, line, file.basis, {name: typed(cell) for name, cell in ours.items()}, part)


def typed(cell: str | None) -> Any:
    """Return a cell as a date where it is written as one, None where it is blank, else as text."""
    if cell is None or cell == "":
        return None
    plain = cell.strip()
    return date.fromisoformat(plain) if DAY.fullmatch(plain) else cell


def decimal(written: str) -> Decimal:
    """Return an amount as written, with a decimal comma too."""
    plain = written.strip()
    return Decimal(plain.replace(".", "").replace(",", ".") if WITH_COMMA.fullmatch(plain) else plain)


def _content(file: DataFile) -> tuple[Sequence[str], Iterator[Place], frozenset[str]]:
    """Return header, rows with their place, and the columns that hold numbers instead of text."""
    if isinstance(file.content, Part):
        return file.content.header, iter(file.content.rows), frozenset()
    if file.content.suffix == ".parquet":
        return _parquet(file.content)
    columns = file.mapping.columns if file.mapping else contract()[file.table].names
    return *csvs.plainly(file.content.read_bytes(), tuple(columns)), frozenset()


def _parquet(path: Path) -> tuple[Sequence[str], Iterator[Place], frozenset[str]]:
    whole = parquet.read_table(path)
    values = (tuple(row.values()) for row in whole.to_pylist())
    types = zip(whole.column_names, whole.schema.types, strict=True)
    numbers = frozenset(name for name, kind in types if "string" not in str(kind))
    return whole.column_names, ((line, [*map(_text, row)]) for line, row in enumerate(values, 1)), numbers


def _text(value: Any) -> str | None:
    """Return a value of a Parquet file as a CSV would hold it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)


def _mapped(file: DataFile, said: Mapping[str, str | None], numbers: frozenset[str]) -> dict[str, str | None]:
    """Return the cells of another system's export in our columns."""
    if file.mapping is None:
        return dict(said)
    types = {column.name: column.type for column in contract()[file.table].columns}
    found: dict[str, str | None] = dict(file.mapping.constants)
    for theirs, ours in file.mapping.columns.items():
        cell = (said.get(theirs) or "").strip()
        cell = file.mapping.values.get(ours, {}).get(cell, cell)
        if types[ours] == "DATE" and file.mapping.date_format:
            cell = _day(cell, file.mapping.date_format)
        comma = file.mapping.decimal == "," and theirs not in numbers
        if types[ours] in AMOUNTS and comma and SEPARATED.fullmatch(cell):
            cell = cell.replace(".", "").replace(",", ".")
        found[ours] = cell
    return found


def _day(cell: str, form: str) -> str:
    try:
        return datetime.strptime(cell, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return cell
