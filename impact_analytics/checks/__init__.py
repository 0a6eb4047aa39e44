"""Judge rows by the contract and the rules: every broken row, in a sentence."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from impact_analytics.checks.cells import FORMS, Typed, typed
from impact_analytics.checks.constraints import Filled, broken_constraints
from impact_analytics.checks.rules import broken_rules, read_by, rules
from impact_analytics.contract import Table, contract
from impact_analytics.datafiles import DataFile, data_files
from impact_analytics.problems import Problem
from impact_analytics.programme import Programme

__all__ = ["FORMS", "add", "load", "read_by", "rules"]


def load(
    db: duckdb.DuckDBPyConnection, folder: Path, programme: Programme, more: Sequence[DataFile] = ()
) -> list[Problem]:
    """Fill every table of the contract, typed, from a programme folder and what else there is; return what is wrong.

    Every table also gets `basis`, `file` and `line`. Cells that are not of their type are blank in the tables, so a
    database with errors must not be delivered. What was not read is not judged.
    """
    return _add(db, [*data_files(folder, programme.basis), *more], new=contract().values(), judged=contract())


def add(db: duckdb.DuckDBPyConnection, files: Sequence[DataFile]) -> list[Problem]:
    """Add rows to tables whose own rows break nothing; return what is wrong with the whole then."""
    return _add(db, files, new=(), judged={file.table for file in files})


def _add(
    db: duckdb.DuckDBPyConnection, files: Sequence[DataFile], new: Iterable[Table], judged: Collection[str]
) -> list[Problem]:
    named = _distinct(files)
    problems = [Problem("error", "table_unknown", file.name) for file in files if file.table not in contract()]
    with TemporaryDirectory() as scratch:
        loaded = [typed(db, replace(file, name=name), Path(scratch)) for name, file in named.items()]
    _fill(db, loaded, new)
    problems += [problem for one in loaded for problem in one.problems]
    problems += _broken(db, loaded, problems, judged)
    return [_located(one, named) for one in problems]


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


def _fill(db: duckdb.DuckDBPyConnection, loaded: Iterable[Typed], new: Iterable[Table]) -> None:
    # Order costs a third of the time of a long table, and every row has its place written in it.
    db.execute("SET preserve_insertion_order = false")
    db.execute("BEGIN")
    for table in new:
        db.execute(_empty(table))
    for one in loaded:
        if one.rows and one.rows.columns:
            names = ", ".join(f'"{name}"' for name in one.rows.columns)
            into = f'INSERT INTO "{one.file.table}" ({names}, basis, file, line)'
            values = f"SELECT {names}, $1, $2, {one.rows.line} FROM {one.name}"
            db.execute(f"{into} {values}", [one.file.basis, one.file.name])
            db.execute(f"DROP TABLE {one.name}")
    db.execute("COMMIT")
    db.execute("RESET preserve_insertion_order")


def _broken(
    db: duckdb.DuckDBPyConnection, loaded: Sequence[Typed], problems: Iterable[Problem], judged: Collection[str]
) -> list[Problem]:
    """Name what breaks a constraint of the tables loaded, or a rule that reads one of the tables judged."""
    lost: dict[str, set[str]] = {}
    for one in loaded:
        if one.lost is not None:
            lost.setdefault(one.file.table, set()).update(one.lost)
    named = {(problem.file, problem.line, problem.column or "") for problem in problems}
    filled = Filled(db, lost, named, [one.file.name for one in loaded])
    tables = dict.fromkeys(one.file.table for one in loaded)
    found = [problem for name in tables for problem in broken_constraints(filled, contract()[name])]
    return found + list(broken_rules(db, lost, judged))
