"""Judge a programme's data files by the contract and the rules: every broken row, in a sentence."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from impact_analytics.contract import Column, Constraint, Table, contract
from impact_analytics.datafiles import DataFile, Unusable, data_files, read, stage
from impact_analytics.problems import Problem
from impact_analytics.programme import Programme
from impact_analytics.settings import SQL

MOST = 200  # rows named for one rule; the rest are counted
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


def load(db: duckdb.DuckDBPyConnection, folder: Path, programme: Programme) -> list[Problem]:
    """Fill every table of the contract from a programme folder, typed, with `basis`, `file` and `line`; return what is wrong.

    Cells that are not of their type are blank in the tables, so a database with errors must not be delivered.
    """
    problems: list[Problem] = []
    unusable: set[str] = set()
    files = data_files(folder, programme.basis)
    problems += [Problem("error", "table_unknown", file.name) for file in files if file.table not in contract()]
    with TemporaryDirectory() as scratch:
        for table in contract().values():
            found = [file for file in files if file.table == table.name]
            db.execute(_empty(table))
            for file in found:
                problems += _load_file(db, file, table, Path(scratch), unusable)
    for table in contract().values():
        problems += _constraint_problems(db, table, unusable)
    return problems + ([] if unusable else list(_rule_problems(db)))


def _load_file(
    db: duckdb.DuckDBPyConnection, file: DataFile, table: Table, scratch: Path, unusable: set[str]
) -> list[Problem]:
    try:
        text, problems = read(file, table, scratch)
        if any(problem.severity == "error" for problem in problems):
            unusable.add(table.name)
            return problems
        stage(db, file, text, "staged")
    except Unusable as stop:
        unusable.add(table.name)
        return [stop.problem]
    columns = [column for column in table.columns if column.name in text.header]
    commas = _comma_columns(db, columns)
    problems += [Problem("notice", "decimal_comma", file.name, column=name) for name in sorted(commas)]
    problems += _cell_problems(db, file, columns, commas)
    db.execute(_typed(table, columns, commas), [file.basis, file.name])
    db.execute("DROP TABLE staged")
    return problems


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
    return f"CASE WHEN regexp_full_match({plain}, '{COMMA}') THEN replace(replace({plain}, '.', ''), ',', '.') ELSE {plain} END"


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
            problems += [Problem("error", rule, file.name, line, name, value) for line, value in rows]
            problems += _rest(file.name, name, count)
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


def _constraint_problems(db: duckdb.DuckDBPyConnection, table: Table, unusable: set[str]) -> Iterator[Problem]:
    if table.name in unusable:
        return
    for constraint in table.constraints:
        if constraint.kind == "CHECK":
            yield from _check_problems(db, table, constraint)
        elif constraint.kind == "FOREIGN KEY":
            if constraint.references not in unusable:
                yield from _reference_problems(db, table, constraint)
        else:
            yield from _key_problems(db, table, constraint)


def _check_problems(db: duckdb.DuckDBPyConnection, table: Table, constraint: Constraint) -> Iterator[Problem]:
    shown = _shown(constraint.columns)
    where = f'FROM "{table.name}" WHERE NOT ({constraint.expression})'
    count = _one(db, f"SELECT count(*) {where}")[0]
    rows = (
        db.execute(f"SELECT file, line, {shown} {where} ORDER BY file, line LIMIT {MOST}").fetchall() if count else []
    )
    rule, details = described(constraint.expression)
    for file, line, value in rows:
        yield Problem("error", rule, file, line, ", ".join(constraint.columns), value, details)
    yield from _rest(rows[0][0] if rows else "", ", ".join(constraint.columns), count)


def described(expression: str) -> tuple[str, dict[str, str]]:
    """Name the sentence of a CHECK expression, with what it asks for."""
    if listed := re.search(r"\bIN \((.+)\)\)*$", expression):
        return "check_in", {"wanted": listed[1].replace("'", "")}
    if re.search(r">= 0\)*$", expression) and "AND" not in expression:
        return "check_negative", {}
    if "regexp_full_match" in expression and "a-z0-9_" in expression:
        return "check_slug", {}
    if "https?" in expression:
        return "check_url", {}
    if pair := re.fullmatch(r"\(\((\w+) IS NULL\) = \((\w+) IS NULL\)\)", expression):
        return "check_together", {"first": pair[1], "second": pair[2]}
    if order := re.fullmatch(r"\((\w+_on) (>=|<) (\w+_on)\)", expression):
        first, second = (order[3], order[1]) if order[2] == ">=" else (order[1], order[3])
        return "check_order", {"first": first, "second": second}
    return "check_other", {"wanted": expression}


def _reference_problems(db: duckdb.DuckDBPyConnection, table: Table, constraint: Constraint) -> Iterator[Problem]:
    column, referenced = constraint.columns[0], constraint.referenced[0]
    where = f'''FROM "{table.name}" AS t WHERE t."{column}" IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM "{constraint.references}" AS r WHERE r."{referenced}" = t."{column}")'''
    count = _one(db, f"SELECT count(*) {where}")[0]
    rows = (
        db.execute(f'SELECT file, line, t."{column}" {where} ORDER BY file, line LIMIT {MOST}').fetchall()
        if count
        else []
    )
    for file, line, value in rows:
        yield Problem("error", "reference", file, line, column, str(value), {"table": constraint.references})
    yield from _rest(rows[0][0] if rows else "", column, count)


def _key_problems(db: duckdb.DuckDBPyConnection, table: Table, constraint: Constraint) -> Iterator[Problem]:
    names = ", ".join(f'"{name}"' for name in constraint.columns)
    known = " AND ".join(f'"{name}" IS NOT NULL' for name in constraint.columns)
    twice = db.execute(
        f'''SELECT count(*), min(line), arg_max(file, line), max(line), {names} FROM "{table.name}" WHERE {known}
        GROUP BY {names} HAVING count(*) > 1 ORDER BY 2 LIMIT {MOST}'''
    ).fetchall()
    for _, first, file, line, *values in twice:
        value = ", ".join(str(value) for value in values)
        yield Problem("error", "duplicate", file, line, ", ".join(constraint.columns), value, {"first": first})


@cache
def rules() -> dict[str, tuple[dict[str, str], str]]:
    """Return the rules of `sql/rules/` by id: their head (severity, it, en) and their SELECT."""
    found = {}
    for path in sorted((SQL / "rules").glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        found[path.stem] = dict(re.findall(r"^-- (severity|it|en): (.+)$", sql, re.MULTILINE)), sql
    return found


def _rule_problems(db: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    for rule, (head, sql) in rules().items():
        words = {"it": head["it"], "en": head["en"]}
        severity = "error" if head["severity"] == "error" else "warning"
        for file, line, column, value in db.execute(sql).fetchmany(MOST):
            yield Problem(severity, rule, file, line, column, str(value), words=words)


def _rest(file: str, column: str, count: int) -> Iterable[Problem]:
    return [Problem("error", "more", file, column=column, details={"count": count - MOST})] if count > MOST else []


def _shown(columns: tuple[str, ...]) -> str:
    return "concat_ws(', ', " + ", ".join(f'''coalesce(CAST("{name}" AS VARCHAR), '–')''' for name in columns) + ")"


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = db.execute(sql).fetchone()
    return tuple(row) if row else ()
