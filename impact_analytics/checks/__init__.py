"""Judge rows by the contract and the rules: every broken row, in a sentence."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from impact_analytics.checks import alternatives
from impact_analytics.checks.cells import FORMS, Typed, typed
from impact_analytics.checks.constraints import Judged, broken_constraints
from impact_analytics.checks.rules import broken_rules, read_by, rules
from impact_analytics.contract import Table, contract
from impact_analytics.datafiles import DataFile, data_files
from impact_analytics.datafiles.mapping import quoted
from impact_analytics.problems import Problem
from impact_analytics.programme import Programme

LARGE = 4 * 1024 * 1024  # bytes of a file
__all__ = ["FORMS", "Filled", "add", "fill", "judge", "load", "read_by", "rules", "try_out"]


@dataclass(frozen=True)
class Filled:
    """Tables filled from files, each by the name that its rows bear; what its cells lack; the tables that changed."""

    files: Mapping[str, DataFile]
    loaded: Sequence[Typed]
    problems: Sequence[Problem]
    changed: Collection[str]


def load(
    db: duckdb.DuckDBPyConnection, folder: Path, programme: Programme, more: Sequence[DataFile] = ()
) -> list[Problem]:
    """Fill every table of the contract from a programme folder and what else there is; return what is wrong."""
    return judge(db, fill(db, folder, programme, more))


def add(db: duckdb.DuckDBPyConnection, files: Sequence[DataFile]) -> list[Problem]:
    """Add rows to tables whose own rows break nothing; return what is wrong with the whole then."""
    changed = {file.table for file in files}
    _make_tables_of(db, changed)
    return judge(db, _fill(db, files, new=(), changed=changed))


def fill(db: duckdb.DuckDBPyConnection, folder: Path, programme: Programme, more: Sequence[DataFile] = ()) -> Filled:
    """Make every table of the contract and fill it, typed, without looking at more than single cells.

    Every table also gets `basis`, `file` and `line`. Cells that are not of their type are blank in the tables, so a
    database with errors must not be delivered.
    """
    files = [*data_files(folder, programme.basis), *more]
    return _fill(db, files, new=contract().values(), changed=contract())


def judge(db: duckdb.DuckDBPyConnection, filled: Filled) -> list[Problem]:
    """Return everything that is wrong: cells, constraints, rules. What was not read is not judged."""
    named = {(problem.file, problem.line, problem.column or "") for problem in filled.problems}
    lost: dict[str, set[str]] = {}
    for one in filled.loaded:
        if one.lost is not None:
            lost.setdefault(one.file.table, set()).update(one.lost)
    judged = Judged(db, lost, named, list(filled.files))
    tables = dict.fromkeys(one.file.table for one in filled.loaded)
    broken = [problem for name in tables for problem in broken_constraints(judged, contract()[name])]
    broken += broken_rules(db, lost, filled.changed)
    if not lost:
        broken += alternatives.broken_alternatives(db)
    return [_located(one, filled.files) for one in (*filled.problems, *broken)]


def try_out(db: duckdb.DuckDBPyConnection, contradiction: str) -> set[str]:
    """Change rows as the other reading of a contradiction has them; return the tables changed, none without one."""
    found = alternatives.changed_by(db, contradiction)
    changed = {one.table for one in found}
    _make_tables_of(db, changed)
    for one in found:
        alternatives.try_out(db, one)
    return changed


def _fill(
    db: duckdb.DuckDBPyConnection, files: Sequence[DataFile], new: Iterable[Table], changed: Collection[str]
) -> Filled:
    named = _distinct(files)
    problems = [Problem("error", "table_unknown", file.name) for file in files if file.table not in contract()]
    times = Counter(file.table for file in named.values())
    alone = {table.name for table in new if times[table.name] == 1}
    with TemporaryDirectory() as scratch:
        loaded = [
            typed(db, replace(file, name=name), Path(scratch), stays=file.table in alone and _is_large(file))
            for name, file in named.items()
        ]
    problems += [problem for one in loaded for problem in one.problems]
    seen = {one.file.table for one in loaded if one.stays}
    # From here on order costs a third of the time of a long table, and every row has its place written in it.
    db.execute("SET preserve_insertion_order = false")
    db.execute("BEGIN")
    for table in new:
        if table.name not in seen:
            db.execute(_empty(table))
    for one in loaded:
        (_see if one.stays else _insert)(db, one)
    db.execute("COMMIT")
    return Filled(named, loaded, problems, changed)


def _is_large(file: DataFile) -> bool:
    """Say whether to write rows twice would be felt."""
    return isinstance(file.content, Path) and file.content.is_file() and file.content.stat().st_size >= LARGE


def _located(problem: Problem, named: Mapping[str, DataFile]) -> Problem:
    """Call files as people do, and say in which cell of a workbook the problem is."""
    first = named.get(str(problem.details.get("file")))
    if first:
        problem = replace(problem, details={**problem.details, "file": first.name})
    return named[problem.file].located(problem) if problem.file in named else problem


def _distinct(files: Iterable[DataFile]) -> dict[str, DataFile]:
    """Give every file of a known table a name of its own: the parts of a workbook all bear the workbook's."""
    named: dict[str, DataFile] = {}
    for file in files:
        if file.table in contract():
            times = sum(known.name == file.name for known in named.values())
            named[f"{file.name} ({times + 1})" if times else file.name] = file
    return named


def _empty(table: Table) -> str:
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    return f'CREATE TABLE "{table.name}" ({columns}, basis VARCHAR, file VARCHAR, line BIGINT)'


def _see(db: duckdb.DuckDBPyConnection, one: Typed) -> None:
    """See the rows of a table's only file as that table: they are written once, and counted to know their lines."""
    there = set(one.rows.columns) if one.rows else set()
    columns = [
        f'"{column.name}"' if column.name in there else f'CAST(NULL AS {column.type}) AS "{column.name}"'
        for column in contract()[one.file.table].columns
    ]
    place = [f"{quoted(one.file.basis)} AS basis", f'{quoted(one.file.name)} AS "file"', "rowid + 2 AS line"]
    db.execute(f'CREATE VIEW "{one.file.table}" AS SELECT {", ".join(columns + place)} FROM {one.name}')


def _make_tables_of(db: duckdb.DuckDBPyConnection, changed: Collection[str]) -> None:
    """Make tables of those that were only seen as such, so that their rows can be changed."""
    for (view,) in db.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
        if view in changed:
            db.execute(f'CREATE TABLE "whole_{view}" AS SELECT * FROM "{view}"')
            db.execute(f'DROP VIEW "{view}"')
            db.execute(f'ALTER TABLE "whole_{view}" RENAME TO "{view}"')


def _insert(db: duckdb.DuckDBPyConnection, one: Typed) -> None:
    if one.rows and one.rows.columns:
        names = ", ".join(f'"{name}"' for name in one.rows.columns)
        into = f'INSERT INTO "{one.file.table}" ({names}, basis, file, line)'
        values = f"SELECT {names}, $1, $2, {one.rows.line} FROM {one.name}"
        db.execute(f"{into} {values}", [one.file.basis, one.file.name])
        db.execute(f"DROP TABLE {one.name}")
