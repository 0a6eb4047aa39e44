"""Cells: text becomes the column's type, and every cell that is not of it is named."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb

from impact_analytics.contract import Column, contract
from impact_analytics.datafiles import DataFile, Rows, Unusable, even, read, split, unreadable
from impact_analytics.problems import MOST, Problem, errors, rest

FORMS = {
    "DECIMAL(18,2)": r"-?[0-9]{1,16}(\.[0-9]{1,2})?",
    "INTEGER": r"-?[0-9]{1,10}",
    "BIGINT": r"-?[0-9]{1,19}",
    "DATE": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "BOOLEAN": r"(?i)true|false",
    "DOUBLE": r"-?[0-9]+(\.[0-9]+)?",
}
COMMA = r"-?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+),[0-9]+"
NAMES = {
    "DECIMAL(18,2)": "decimal",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "DOUBLE": "number",
}


@dataclass(frozen=True)
class Typed:
    """A file whose rows stand typed in a table of their own; `lost` holds what could not be read, None where all was.

    It `stays` where the rows are whole and the only ones of their table, else it is temporary.
    """

    file: DataFile
    rows: Rows | None
    problems: list[Problem]
    lost: set[str] | None = None
    stays: bool = False

    @property
    def name(self) -> str:
        """Return the name of that table, as SQL."""
        return _own(self.file, stays=self.stays)


def typed(db: duckdb.DuckDBPyConnection, file: DataFile, scratch: Path, *, stays: bool = False) -> Typed:
    """Load what can be read of a file into a table of its own; name what cannot.

    The rows may stay there, if that is wanted and they can be counted to know their lines.
    """
    table = contract()[file.table]
    try:
        rows, problems = read(db, file, table, scratch)
        stays = stays and rows.line != "line" and bool(rows.columns)
        if not errors(problems) and _load_whole(db, file, rows, stays=stays):
            return Typed(file, rows, problems, stays=stays)
        return _load_some(db, file, rows, problems, scratch)
    except Unusable as stop:
        return Typed(file, None, [stop.problem], set(table.names))


def _own(file: DataFile, *, stays: bool = False) -> str:
    return f"rows_{file.table}" if stays else f"typed_{sha256(file.name.encode()).hexdigest()[:16]}"


def _columns(file: DataFile, rows: Rows) -> list[Column]:
    return [column for column in contract()[file.table].columns if column.name in rows.columns]


def _load_whole(db: duckdb.DuckDBPyConnection, file: DataFile, rows: Rows, *, stays: bool) -> bool:
    """Load rows in one pass that stops at the first cell with anything odd about it; say whether there was none."""
    columns = _columns(file, rows)
    values = [f'{_strictly(column)} AS "{column.name}"' for column in columns] + _places(rows)
    select = f"SELECT {', '.join(values)} FROM ({rows.select}) AS rows"
    name = _own(file, stays=stays)
    try:
        db.execute(f"CREATE {'' if stays else 'TEMP '}TABLE {name} AS {select}")
    except duckdb.Error:
        return False
    # As many rows as lines: then none is blank, no text goes over two, and rows can be counted to know their lines.
    whole = rows.text is None or _one(db, f"SELECT count(*) FROM {name}")[0] == rows.text.lines
    if not whole:
        db.execute(f"DROP TABLE {name}")
    return whole


def _strictly(column: Column) -> str:
    """Return a cell in its type as SQL that fails on what is blank but required, or not of the type's form."""
    name = f'"{column.name}"'
    odd = "error('odd')"
    if column.type == "VARCHAR":
        # What starts with no blank is not blank; the rest is looked at cell by cell.
        return f"CASE WHEN {name} >= '!' THEN {name} ELSE {odd} END" if column.required else name
    typed = f"CAST({name} AS {column.type})"
    # What reads back as it was written is of the form; only the rest needs the slower look.
    same = f"CAST({typed} AS VARCHAR) = {name}" if column.type == "DECIMAL(18,2)" else "false"
    cast = f"CASE WHEN {same} OR regexp_full_match({name}, '{FORMS[column.type]}') THEN {typed}"
    return f"{cast} ELSE {odd} END" if column.required else f"{cast} WHEN {name} IS NOT NULL THEN {odd} END"


def _load_some(
    db: duckdb.DuckDBPyConnection, file: DataFile, rows: Rows, problems: list[Problem], scratch: Path
) -> Typed:
    """Load what has its column's type, and name the rest."""
    rows, ragged = _staged(db, file, rows, scratch)
    found = [*problems, *ragged]
    lost = set(contract()[file.table].names) - set(rows.columns) if errors(found) else None
    columns = _columns(file, rows)
    commas = _comma_columns(db, columns)
    found += [Problem("notice", "decimal_comma", file.name, column=column) for column in sorted(commas)]
    found += _cell_problems(db, file, columns, commas, rows.line)
    values = [f'{_leniently(column, commas)} AS "{column.name}"' for column in columns] + _places(rows)
    db.execute(f"CREATE OR REPLACE TEMP TABLE {_own(file)} AS SELECT {', '.join(values) or '1'} FROM staged")
    return Typed(file, rows, found, lost)


def _places(rows: Rows) -> list[str]:
    return ["line"] if rows.line == "line" else []


def _staged(db: duckdb.DuckDBPyConnection, file: DataFile, rows: Rows, scratch: Path) -> tuple[Rows, list[Problem]]:
    """Load rows as text into `staged`; return them as they were read there, and what could not be split."""
    create = "CREATE OR REPLACE TEMP TABLE staged AS "
    if even(rows):
        with suppress(duckdb.Error):
            db.execute(create + rows.select)
            return rows, []
    rows, ragged = split(file, rows, contract()[file.table], scratch)
    try:
        db.execute(create + rows.select)
    except duckdb.Error as error:
        raise unreadable(file, str(error).partition("\n")[0]) from error
    return rows, ragged


def _leniently(column: Column, commas: set[str]) -> str:
    """Return a cell in its type as SQL; blank where it is not of the type's form."""
    if column.type == "VARCHAR":
        return f'"{column.name}"'
    return f"CASE WHEN {_has_form(column, commas)} THEN TRY_CAST({_cell(column, commas)} AS {column.type}) END"


def _cell(column: Column, commas: set[str]) -> str:
    plain = f'trim("{column.name}")'
    if column.name not in commas:
        return plain
    point = f"replace(replace({plain}, '.', ''), ',', '.')"
    return f"CASE WHEN regexp_full_match({plain}, '{COMMA}') THEN {point} ELSE {plain} END"


def _has_form(column: Column, commas: set[str]) -> str:
    return f"regexp_full_match({_cell(column, commas)}, '{FORMS[column.type]}')"


def _comma_columns(db: duckdb.DuckDBPyConnection, columns: list[Column]) -> set[str]:
    amounts = [column.name for column in columns if column.type in ("DECIMAL(18,2)", "DOUBLE")]
    if not amounts:
        return set()
    counts = ", ".join(f"""count(*) FILTER (WHERE regexp_full_match(trim("{name}"), '{COMMA}'))""" for name in amounts)
    return {name for name, count in zip(amounts, _one(db, f"SELECT {counts} FROM staged"), strict=True) if count}


def _cell_problems(
    db: duckdb.DuckDBPyConnection, file: DataFile, columns: list[Column], commas: set[str], line: str
) -> list[Problem]:
    rules = {(column.name, rule): broken for column in columns for rule, broken in _cell_rules(column, commas)}
    if not rules:
        return []
    counts = _one(
        db, "SELECT " + ", ".join(f"count(*) FILTER (WHERE {broken})" for broken in rules.values()) + " FROM staged"
    )
    problems = []
    for ((name, rule), broken), count in zip(rules.items(), counts, strict=True):
        if count:
            rows = db.execute(
                f'SELECT {line} AS line, "{name}" FROM staged WHERE {broken} ORDER BY 1 LIMIT {MOST}'
            ).fetchall()
            found = [Problem("error", rule, file.name, place, name, value) for place, value in rows]
            problems += found + rest(found[0], count)
    return problems


def _cell_rules(column: Column, commas: set[str]) -> Iterator[tuple[str, str]]:
    name = f'"{column.name}"'
    if column.required:
        yield "blank", f"{name} IS NULL OR trim({name}) = ''"
    if column.type in FORMS:
        cell, form = _cell(column, commas), _has_form(column, commas)
        wrong = (
            f"{name} IS NOT NULL AND trim({name}) <> '' AND (NOT {form} OR TRY_CAST({cell} AS {column.type}) IS NULL)"
        )
        if column.type == "DECIMAL(18,2)":
            third = rf"regexp_full_match({cell}, '-?[0-9]+\.[0-9]{{3,}}')"
            yield "third_decimal", f"{name} IS NOT NULL AND {third}"
            yield "not_decimal", f"{wrong} AND NOT {third}"
        elif column.type == "DATE":
            form_only = f"regexp_full_match({cell}, '{FORMS['DATE']}')"
            yield "no_such_day", f"{wrong} AND {form_only}"
            yield "not_date", f"{wrong} AND NOT {form_only}"
        else:
            yield f"not_{NAMES[column.type]}", wrong


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = db.execute(sql).fetchone()
    return tuple(row) if row else ()
