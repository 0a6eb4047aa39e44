"""Constraints of the schema, judged over whole tables: first how many rows break any, then which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from impact_analytics.contract import Constraint, Table
from impact_analytics.problems import MOST, Problem, rest


@dataclass(frozen=True)
class Judged:
    """A filled database; the columns that were not read, by table; the cells named already; the files in order."""

    db: duckdb.DuckDBPyConnection
    lost: Mapping[str, set[str]]
    named: set[tuple[str, int | None, str]]
    order: Sequence[str]

    def whole(self, table: Table, constraint: Constraint) -> bool:
        """Say whether everything that a constraint looks at was read."""
        return not self.lost.get(table.name, set()).intersection(constraint.columns) and (
            constraint.references not in self.lost
        )


def broken_constraints(judged: Judged, table: Table) -> Iterator[Problem]:
    """Name every row of a table that breaks a constraint."""
    asked = [constraint for constraint in table.constraints if judged.whole(table, constraint)]
    if not asked:
        return
    counts = [COUNTED[constraint.kind](table, constraint) for constraint in asked]
    found = judged.db.execute(f"SELECT {', '.join(counts)}").fetchone() or ()
    for constraint, count in zip(asked, found, strict=True):
        if count:
            yield from _broken_by(judged, table, constraint)


def _count_check(table: Table, constraint: Constraint) -> str:
    return f'(SELECT count(*) FROM "{table.name}" WHERE NOT ({constraint.expression}))'


def _count_references(table: Table, constraint: Constraint) -> str:
    names = ", ".join(f'"{name}"' for name in constraint.columns)
    given = " AND ".join(f'"{name}" IS NOT NULL' for name in constraint.columns)
    pairs = zip(constraint.columns, constraint.referenced, strict=True)
    same = " AND ".join(f't."{column}" = r."{referenced}"' for column, referenced in pairs)
    return f"""(SELECT count(*) FROM (SELECT DISTINCT {names} FROM "{table.name}" WHERE {given}) AS t
        ANTI JOIN "{constraint.references}" AS r ON {same})"""


def _count_keys(table: Table, constraint: Constraint) -> str:
    names = ", ".join(f'"{name}"' for name in constraint.columns)
    return f"""(SELECT count(*) FROM (
        SELECT 1 FROM "{table.name}" WHERE {_given(constraint)} GROUP BY {names} HAVING count(*) > 1
    ) AS twice)"""


def _given(constraint: Constraint) -> str:
    # A blank counts as a value here: a second total of the same thing is a duplicate, which SQL lets pass.
    return "(" + " OR ".join(f'"{name}" IS NOT NULL' for name in constraint.columns) + ")"


def _broken_by(judged: Judged, table: Table, constraint: Constraint) -> Iterator[Problem]:
    """Name the rows that break a constraint; a row whose cell is named already is not named again for it."""
    broken = BROKEN[constraint.kind](table, constraint)
    sql = f'SELECT * FROM ({broken}) AS broken ORDER BY "file", line LIMIT {MOST + 1}'
    given = {"files": list(judged.order)} if "$files" in sql else {}
    rows = judged.db.execute(sql, given).fetchall()
    rule, details = constraint.sentence
    column = ", ".join(constraint.columns)
    found = [
        Problem("error", f"{rule}{kind}", file, line, column, value, {**details, **first})
        for file, line, value, kind, first in (_with_first(*row) for row in rows[:MOST])
        if not any((file, place, name) in judged.named for name in constraint.columns for place in (line, None))
    ]
    yield from found
    if found and len(rows) > MOST:
        count = judged.db.execute(f"SELECT count(*) FROM ({broken}) AS broken", given).fetchone() or (0,)
        yield from rest(found[0], count[0])


def _with_first(
    file: str, line: int | None, value: str, first_file: str | None = None, first: int | None = None
) -> tuple[str, int | None, str, str, dict[str, object]]:
    """Complete a broken row by the row that has its key already, and say whether that one stands in another file."""
    if first is None:
        return file, line, value, "", {}
    return file, line, value, "" if first_file == file else "_elsewhere", {"first": first, "file": first_file}


def _check(table: Table, constraint: Constraint) -> str:
    return f'''SELECT "file", line, {_shown(constraint)} AS value
        FROM "{table.name}" WHERE NOT ({constraint.expression})'''


def _reference(table: Table, constraint: Constraint) -> str:
    pairs = list(zip(constraint.columns, constraint.referenced, strict=True))
    given = " AND ".join(f't."{column}" IS NOT NULL' for column, _ in pairs)
    same = " AND ".join(f'r."{referenced}" = t."{column}"' for column, referenced in pairs)
    return f'''SELECT t."file", t.line, {_shown(constraint)} AS value FROM "{table.name}" AS t
        WHERE {given} AND NOT EXISTS (SELECT 1 FROM "{constraint.references}" AS r WHERE {same})'''


def _key(table: Table, constraint: Constraint) -> str:
    names = ", ".join(f'"{name}"' for name in constraint.columns)
    return f'''SELECT "file", line, {_shown(constraint)} AS value,
            first_value("file") OVER same AS first_file, first_value(line) OVER same AS first
        FROM "{table.name}" WHERE {_given(constraint)}
        WINDOW same AS (PARTITION BY {names} ORDER BY coalesce(list_position($files, "file"), 0), "file", line)
        QUALIFY row_number() OVER same > 1'''


COUNTED = {"CHECK": _count_check, "FOREIGN KEY": _count_references, "PRIMARY KEY": _count_keys, "UNIQUE": _count_keys}
BROKEN = {"CHECK": _check, "FOREIGN KEY": _reference, "PRIMARY KEY": _key, "UNIQUE": _key}


def _shown(constraint: Constraint) -> str:
    cells = ", ".join(f'''coalesce(CAST("{name}" AS VARCHAR), '–')''' for name in constraint.columns)
    return f"concat_ws(', ', {cells})"
