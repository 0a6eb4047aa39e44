"""Rows in versions: which of a project's versions is in force, and which sheet stands."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from impact_analytics.plain.figures import At, Part, part
from impact_analytics.plain.projects import by_project, places, withdrawn
from impact_analytics.plain.rows import Row, Tables, remembered

Standing = tuple[date, str, Row]  # end of the period, period, row of the sheet


@remembered
def in_force(tables: Tables, table: str, project: str, day: date) -> tuple[Sequence[Row], Sequence[Row]]:
    """Return the rows of a project's newest version known by a day, and those of the versions before it."""
    since: dict[int, date] = {}
    for row in by_project(tables, table).get(project, ()):
        version = int(row["version"])
        since[version] = min(row["known_from"], since.get(version, row["known_from"]))
    known = [version for version, known_from in since.items() if known_from <= day]
    newest = max(known, default=0)
    rows = [row for row in by_project(tables, table).get(project, ()) if int(row["version"]) in known]
    return [row for row in rows if int(row["version"]) == newest], [row for row in rows if int(row["version"]) < newest]


@remembered
def standing(tables: Tables, day: date) -> Mapping[str, Sequence[Standing]]:
    """Return the newest version of every sheet received by a day, by project, in the order of their periods."""
    ends = {row["period_id"]: row["ends_on"] for row in tables.rows("reporting_period")}
    newest: dict[tuple[str, str], Row] = {}
    for row in sorted(tables.known("sheet", day, "received_on"), key=lambda row: int(row["version"])):
        newest[row["project_id"], row["period_id"]] = row
    found: dict[str, list[Standing]] = defaultdict(list)
    for (project, period), row in newest.items():
        found[project].append((ends[period], period, row))
    return {project: sorted(sheets, key=lambda sheet: sheet[:2]) for project, sheets in found.items()}


@remembered
def by_sheet(tables: Tables, table: str) -> Mapping[str, list[Row]]:
    """Return the rows of a part of sheets by sheet."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in tables.rows(table):
        found[row["sheet_id"]].append(row)
    return found


@remembered
def newest_and_before(tables: Tables, table: str, project: str, day: date) -> tuple[Sequence[Row], Sequence[Row]]:
    """Return what a project's newest standing sheet says, and what every other sheet received by then says."""
    sheets = standing(tables, day).get(project, ())
    newest = sheets[-1][2]["sheet_id"] if sheets else ""
    received = [row["sheet_id"] for row in by_project(tables, "sheet").get(project, ()) if row["received_on"] <= day]
    before = [row for sheet in received if sheet != newest for row in by_sheet(tables, table).get(sheet, ())]
    return by_sheet(tables, table).get(newest, ()), before


def stock(
    tables: Tables,
    project: str,
    newest: Sequence[Row],
    before: Sequence[Row],
    column: str,
    *,
    leaves: date | None = None,
) -> Iterator[Part]:
    """Yield the rows that say an amount now; what only earlier ones named is known to be nothing.

    With `leaves`, a project that has withdrawn by that day counts for nothing.
    """
    gone = leaves is not None and withdrawn(tables, project, leaves)
    for row in newest:
        amount = row.euro(column)
        yield part(amount * 0 if gone and amount is not None else amount, _at(tables, project, row), row, column=column)
    named = {(row["action_line"], row["cost_category"], row.basis) for row in newest}
    for row in before:
        key = (row["action_line"], row["cost_category"], row.basis)
        if key not in named:
            named.add(key)
            amount = row.euro(column)
            yield part(amount * 0 if amount is not None else None, _at(tables, project, row), row, column=column)


def _at(tables: Tables, project: str, row: Row) -> At:
    at = places(tables)[project]
    split = {name: row[name] for name in ("action_line", "cost_category") if name in row.cells}
    return {**at, **split} if split else at
