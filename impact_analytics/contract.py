"""The contract of the data files, read back from `schema.sql`."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import duckdb

from impact_analytics.settings import SQL

KINDS = ("CHECK", "PRIMARY KEY", "UNIQUE", "FOREIGN KEY")
# Which sentence explains a CHECK, by the form in which the engine writes it; the first that fits.
SENTENCES = {
    "check_in": r'\("?\w+"? IN \((?P<wanted>.+)\)\)',
    "check_negative": r'\("?\w+"? >= 0\)',
    "check_positive": r'\("?\w+"? > 0\)',
    "check_between": r'\("?\w+"? BETWEEN (?P<least>-?\d+) AND (?P<most>-?\d+)\)',
    "check_slug": r"regexp_full_match\(\w+, '\[a-z0-9_\]\+'\)",
    "check_upper": r"regexp_full_match\(\w+, '\[A-Z0-9\]\+'\)",
    "check_language": r"regexp_full_match\(\w+, '\[a-z\]\{2\}'\)",
    "check_period": r"regexp_full_match\(period_id, .+\)",
    "check_form": r"regexp_full_match\(\w+, '(?P<wanted>.+)'\)",
    "check_url": r"regexp_matches\(\w+, '\^https\?://'\)",
    "check_together": r"\(\((?P<first>\w+) IS NULL\) = \((?P<second>\w+) IS NULL\)\)",
    "check_either": r"\(\((?P<first>\w+) IS NULL\) != \((?P<second>\w+) IS NULL\)\)",
    "check_order": r"\((?:\(\w+ IS NULL\) OR )*\(?(?P<second>\w+) >= (?P<first>[a-z]\w+)\)?\)",
    "check_after": r"\((?P<first>\w+) < (?P<second>[a-z]\w+)\)",
    "check_other": r"(?P<wanted>.+)",
}


@dataclass(frozen=True)
class Column:
    """A column of a data file: its DuckDB type and whether it may be blank."""

    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class Constraint:
    """A rule that a database would enforce, keyed by table, columns and expression."""

    kind: str
    columns: tuple[str, ...]
    expression: str = ""
    references: str = ""
    referenced: tuple[str, ...] = ()

    @property
    def sentence(self) -> tuple[str, dict[str, str]]:
        """Name the sentence that explains it, with what it asks for."""
        if self.kind == "FOREIGN KEY":
            return "reference", {"table": self.references}
        if self.kind != "CHECK":
            return "duplicate", {}
        fits = ((rule, re.fullmatch(form, self.expression)) for rule, form in SENTENCES.items())
        rule, fit = next((rule, fit) for rule, fit in fits if fit)
        return rule, {name: value.replace("'", "") for name, value in fit.groupdict().items()}


@dataclass(frozen=True)
class Table:
    """A data file's columns and constraints, and what it holds, said in every language."""

    name: str
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    said: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the column names in order."""
        return tuple(column.name for column in self.columns)


@cache
def contract() -> dict[str, Table]:
    """Return every table of `schema.sql`, in the order in which references can be followed."""
    schema = (SQL / "schema.sql").read_text(encoding="utf-8")
    with duckdb.connect() as db:
        db.execute(schema)
        columns, constraints = _columns(db), _constraints(db)
    return {name: Table(name, tuple(columns[name]), tuple(constraints[name]), _said(schema, name)) for name in columns}


def _said(schema: str, table: str) -> dict[str, str]:
    above = re.search(rf"^((?:--.*\n)+)CREATE TABLE {table} \(", schema, re.MULTILINE)
    return dict(re.findall(r"^-- (it|en): (.+)$", above[1], re.MULTILINE)) if above else {}


def _columns(db: duckdb.DuckDBPyConnection) -> dict[str, list[Column]]:
    rows = db.execute(
        """
        SELECT table_name, column_name, data_type, NOT is_nullable
        FROM duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index
        """
    ).fetchall()
    found: dict[str, list[Column]] = {}
    for table, *column in rows:
        found.setdefault(table, []).append(Column(*column))
    return found


def _constraints(db: duckdb.DuckDBPyConnection) -> dict[str, list[Constraint]]:
    rows = db.execute(
        """
        SELECT
            table_name, constraint_type, constraint_column_names,
            expression, referenced_table, referenced_column_names
        FROM duckdb_constraints() ORDER BY table_oid, constraint_index
        """
    ).fetchall()
    found: dict[str, list[Constraint]] = defaultdict(list)
    for table, kind, columns, expression, references, referenced in rows:
        if kind in KINDS:
            found[table].append(
                Constraint(kind, tuple(columns), expression or "", references or "", tuple(referenced or ()))
            )
    return found
