"""Projects: where they are, since when they are known, when they withdrew."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from impact_analytics.plain.figures import At, Figure, Part, Question, part, total, twin
from impact_analytics.plain.rows import Row, Tables, remembered


@remembered
def every_project(tables: Tables) -> Mapping[str, Row]:
    """Return every project's row by id."""
    return {row["project_id"]: row for row in tables.rows("project")}


@remembered
def places(tables: Tables) -> Mapping[str, At]:
    """Return under which ids each project stands: its own, its territory's, its macro-area's."""
    areas = {row["territory"]: row["macro_area"] for row in tables.rows("territory")}
    return {
        id: {"project": id, "territory": row["territory"], "macro_area": areas[row["territory"]]}
        for id, row in every_project(tables).items()
    }


@remembered
def by_project(tables: Tables, table: str) -> Mapping[str, list[Row]]:
    """Return the rows of a table by project."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in tables.rows(table):
        found[row["project_id"]].append(row)
    return found


def known_projects(asked: Question) -> dict[str, Row]:
    """Return the projects known by the day."""
    return {row["project_id"]: row for row in asked.known("project")}


def withdrawn(tables: Tables, project: str, day: date) -> bool:
    """Say whether a project had withdrawn by a day."""
    left = every_project(tables)[project]["withdrawn_on"]
    return left is not None and left <= day


def counted(asked: Question) -> Iterator[tuple[Row, At]]:
    """Yield every project known by the day with where it is."""
    for id, row in known_projects(asked).items():
        yield row, places(asked.tables)[id]


@twin
def projects(asked: Question) -> Figure:
    """Count the projects known by the day."""
    return total(part(1, at, row) for row, at in counted(asked))


@twin
def projects_active(asked: Question) -> Figure:
    """Count those that had not withdrawn by the day."""

    def parts() -> Iterator[Part]:
        for row, at in counted(asked):
            yield part(int(not withdrawn(asked.tables, row["project_id"], asked.as_of)), at, row)

    return total(parts())
