"""Judge a programme's data files by the contract and the rules: every broken row, in a sentence."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from impact_analytics.contract import Column, Constraint, Table, contract
from impact_analytics.datafiles import DataFile, Unusable, data_files, read, stage
from impact_analytics.formats import Unit, full
from impact_analytics.i18n import LANGUAGES
from impact_analytics.problems import MOST, Problem, Severity, errors, rest
from impact_analytics.programme import Programme
from impact_analytics.settings import SQL

AMOUNT = Unit("amount", 2)
FORMS = {
    "DECIMAL(18,2)": r"-?[0-9]{1,16}(\.[0-9]{1,2})?",
    "INTEGER": r"-?[0-9]{1,10}",
    "BIGINT": r"-?[0-9]{1,19}",
    "DATE": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "BOOLEAN": r"(?i)true|false",
    "DOUBLE": r"-?[0-9]+(\.[0-9]+)?",
}
Named = set[tuple[str, int | None, str]]  # file, row and column of a cell that is named already
COMMA = r"-?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+),[0-9]+"
NAMES = {
    "DECIMAL(18,2)": "decimal",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "DOUBLE": "number",
}


def load(db: duckdb.DuckDBPyConnection, folder: Path, programme: Programme) -> list[Problem]:
    """Fill every table of the contract from a programme folder, typed; return what is wrong.

    Every table also gets `basis`, `file` and `line`. Cells that are not of their type are blank in the tables, so a
    database with errors must not be delivered. What was not read is not judged: `lost` holds its columns, by table.
    """
    lost: dict[str, set[str]] = {}
    files = data_files(folder, programme.basis)
    problems = [Problem("error", "table_unknown", file.name) for file in files if file.table not in contract()]
    with TemporaryDirectory() as scratch:
        for table in contract().values():
            db.execute(_empty(table))
            for file in [file for file in files if file.table == table.name]:
                found, missed = _load_file(db, file, table, Path(scratch))
                problems += found
                if missed is not None:
                    lost.setdefault(table.name, set()).update(missed)
    named: Named = {(problem.file, problem.line, problem.column or "") for problem in problems}
    for table in contract().values():
        problems += _constraint_problems(db, table, lost, named)
    return problems + list(_rule_problems(db, lost))


def _load_file(
    db: duckdb.DuckDBPyConnection, file: DataFile, table: Table, scratch: Path
) -> tuple[list[Problem], set[str] | None]:
    """Load what can be read of a file; return what is wrong and, where something was not read, the columns missing."""
    try:
        text, problems = read(file, table, scratch)
        lost = set(table.names) - set(text.header) if errors(problems) else None
        ragged = stage(db, file, text, table, scratch)
    except Unusable as stop:
        return [stop.problem], set(table.names)
    if ragged:
        problems += ragged
        lost = lost or set()
    columns = [column for column in table.columns if column.name in text.header]
    commas = _comma_columns(db, columns)
    problems += [Problem("notice", "decimal_comma", file.name, column=name) for name in sorted(commas)]
    problems += _cell_problems(db, file, columns, commas)
    if columns:
        db.execute(_typed(table, columns, commas), [file.basis, file.name])
    return problems, lost


def _empty(table: Table) -> str:
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    return f'CREATE TABLE "{table.name}" ({columns}, basis VARCHAR, file VARCHAR, line BIGINT)'


def _typed(table: Table, columns: list[Column], commas: set[str]) -> str:
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(
        f'"{column.name}"' if column.type == "VARCHAR" else _cast(column, commas, _cell(column, commas))
        for column in columns
    )
    return f'INSERT INTO "{table.name}" ({names}, basis, file, line) SELECT {values}, $1, $2, line FROM staged'


def _cast(column: Column, commas: set[str], cell: str) -> str:
    return f"CASE WHEN {_has_form(column, commas)} THEN TRY_CAST({cell} AS {column.type}) END"


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
    db: duckdb.DuckDBPyConnection, file: DataFile, columns: list[Column], commas: set[str]
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
            rows = db.execute(f'SELECT line, "{name}" FROM staged WHERE {broken} ORDER BY line LIMIT {MOST}').fetchall()
            found = [Problem("error", rule, file.name, line, name, value) for line, value in rows]
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


def _constraint_problems(
    db: duckdb.DuckDBPyConnection, table: Table, lost: Mapping[str, set[str]], named: Named
) -> Iterator[Problem]:
    if not _one(db, f'SELECT count(*) FROM "{table.name}"')[0]:
        return
    for constraint in table.constraints:
        whole = not lost.get(table.name, set()).intersection(constraint.columns)
        if whole and constraint.references not in lost:
            yield from _broken_by(db, table, constraint, named)


def _broken_by(db: duckdb.DuckDBPyConnection, table: Table, constraint: Constraint, named: Named) -> Iterator[Problem]:
    """Name the rows that break a constraint; a row whose cell is named already is not named again for it."""
    broken, rule, details = BROKEN[constraint.kind](table, constraint)
    rows = db.execute(f'SELECT * FROM ({broken}) AS broken ORDER BY "file", line LIMIT {MOST + 1}').fetchall()
    column = ", ".join(constraint.columns)
    found = [
        Problem("error", rule, file, line, column, value, {**details, "first": first})
        for file, line, value, first in rows[:MOST]
        if not any((file, place, name) in named for name in constraint.columns for place in (line, None))
    ]
    yield from found
    if found and len(rows) > MOST:
        yield from rest(found[0], _one(db, f"SELECT count(*) FROM ({broken}) AS broken")[0])


def _check(table: Table, constraint: Constraint) -> tuple[str, str, dict[str, str]]:
    rule, details = constraint.sentence
    broken = f'''SELECT "file", line, {_shown(constraint.columns)} AS value, NULL AS first
        FROM "{table.name}" WHERE NOT ({constraint.expression})'''
    return broken, rule, details


def _reference(table: Table, constraint: Constraint) -> tuple[str, str, dict[str, str]]:
    pairs = list(zip(constraint.columns, constraint.referenced, strict=True))
    given = " AND ".join(f't."{column}" IS NOT NULL' for column, _ in pairs)
    same = " AND ".join(f'r."{referenced}" = t."{column}"' for column, referenced in pairs)
    broken = f'''SELECT t."file", t.line, {_shown(constraint.columns)} AS value, NULL AS first FROM "{table.name}" AS t
        WHERE {given} AND NOT EXISTS (SELECT 1 FROM "{constraint.references}" AS r WHERE {same})'''
    return broken, "reference", {"table": constraint.references}


def _key(table: Table, constraint: Constraint) -> tuple[str, str, dict[str, str]]:
    names = ", ".join(f'"{name}"' for name in constraint.columns)
    # A blank counts as a value here: a second total of the same thing is a duplicate, which SQL lets pass.
    given = " OR ".join(f'"{name}" IS NOT NULL' for name in constraint.columns)
    broken = f'''SELECT "file", line, {_shown(constraint.columns)} AS value, first_value(line) OVER same AS first
        FROM "{table.name}" WHERE {given}
        WINDOW same AS (PARTITION BY {names} ORDER BY "file", line) QUALIFY row_number() OVER same > 1'''
    return broken, "duplicate", {}


BROKEN = {"CHECK": _check, "FOREIGN KEY": _reference, "PRIMARY KEY": _key, "UNIQUE": _key}


@cache
def rules() -> dict[str, tuple[dict[str, str], str]]:
    """Return the rules of `sql/rules/` by id: their head (severity, it, en) and their SELECT."""
    found = {}
    for path in sorted((SQL / "rules").glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        found[path.stem] = dict(re.findall(r"^-- (severity|it|en): (.+)$", sql, re.MULTILINE)), sql
    return found


def _rule_problems(db: duckdb.DuckDBPyConnection, lost: Mapping[str, set[str]]) -> Iterator[Problem]:
    for rule, (head, sql) in rules().items():
        if lost.keys() & set(re.findall(r"\b(?:FROM|JOIN) (\w+)", sql)):
            continue
        severity: Severity = "error" if head["severity"] == "error" else "warning"
        rows = db.execute(f"SELECT * FROM (\n{sql}\n) AS broken ORDER BY ALL").fetchall()
        found = [
            Problem(severity, rule, file, line, column, str(value), words=_said(head, value))
            for file, line, column, value in rows[:MOST]
        ]
        yield from found
        yield from rest(found[0], len(rows)) if found else []


def _said(head: Mapping[str, str], value: object) -> dict[str, str]:
    """Return a rule's sentence in every language, an amount written as that language writes it."""
    written = {lang: full(value, AMOUNT, lang) if isinstance(value, Decimal) else str(value) for lang in LANGUAGES}
    return {lang: head[lang].format(value=written[lang]) for lang in LANGUAGES}


def _shown(columns: tuple[str, ...]) -> str:
    return "concat_ws(', ', " + ", ".join(f'''coalesce(CAST("{name}" AS VARCHAR), '–')''' for name in columns) + ")"


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = db.execute(sql).fetchone()
    return tuple(row) if row else ()
