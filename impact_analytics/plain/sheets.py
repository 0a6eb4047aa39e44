"""Sheets: those due by a day, or already in, each with its grade on that day."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from impact_analytics.plain.figures import Figure, Part, Question, total, twin
from impact_analytics.plain.projects import every_project, places
from impact_analytics.plain.rows import Row, Tables, remembered

MISSING, TO_BE_COMPLETED, LATE, RECEIVED = "missing", "to_be_completed", "late", "received"
Expected = tuple[Row, Row, Sequence[Row]]  # project, period, versions received by the day


@remembered
def versions(tables: Tables) -> Mapping[tuple[str, str], list[Row]]:
    """Return the versions of every sheet by project and period, in order."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sorted(tables.rows("sheet"), key=lambda row: int(row["version"])):
        found[row["project_id"], row["period_id"]].append(row)
    return found


def takes_part(project: Row, period: Row) -> bool:
    """Say whether a project has a sheet to send for a period: it had begun, not ended before, nor withdrawn."""
    return (
        (project["started_on"] or project["known_from"]) <= period["ends_on"]
        and (project["ended_on"] is None or period["starts_on"] <= project["ended_on"])
        and (project["withdrawn_on"] is None or period["ends_on"] <= project["withdrawn_on"])
    )


@remembered
def expected(tables: Tables, day: date) -> Sequence[Expected]:
    """Return the sheets due by a day, or in by then."""
    found, every = [], versions(tables)
    for id, project in every_project(tables).items():
        for period in tables.rows("reporting_period"):
            received = [row for row in every.get((id, period["period_id"]), ()) if row["received_on"] <= day]
            if takes_part(project, period) and (received or period["due_on"] <= day):
                found.append((project, period, received))
    return found


def grade(asked: Question, period: Row, received: Sequence[Row]) -> str:
    """Return the grade of a sheet on the day."""
    if not received:
        return MISSING
    asked_for = received[-1]["integration_asked_on"]
    if asked_for and asked_for <= asked.as_of:
        return TO_BE_COMPLETED
    late = (min(row["received_on"] for row in received) - period["due_on"]).days
    return LATE if late > asked.late_days else RECEIVED


def graded(asked: Question, counts: Callable[[str], bool]) -> Figure:
    """Count the sheets expected whose grade counts."""

    def parts() -> Iterator[Part]:
        for project, period, received in expected(asked.tables, asked.as_of):
            rows = (*received[::-1], period, project)
            at = {**places(asked.tables)[project["project_id"]], "period": period["period_id"]}
            yield Part(int(counts(grade(asked, period, received))), at, rows, project.basis)

    return total(parts())


@twin
def sheets_expected(asked: Question) -> Figure:
    """Count the sheets due by the day, or in by then."""
    return graded(asked, lambda _: True)


@twin
def sheets_in(asked: Question) -> Figure:
    """Count those of which a version is in."""
    return graded(asked, lambda known: known != MISSING)


@twin
def sheets_missing(asked: Question) -> Figure:
    """Count those that are missing."""
    return graded(asked, lambda known: known == MISSING)


@twin
def sheets_late(asked: Question) -> Figure:
    """Count those that came late."""
    return graded(asked, lambda known: known == LATE)


@twin
def sheets_received(asked: Question) -> Figure:
    """Count those that came in time."""
    return graded(asked, lambda known: known == RECEIVED)


@twin
def sheets_to_be_completed(asked: Question) -> Figure:
    """Count those that are to be completed."""
    return graded(asked, lambda known: known == TO_BE_COMPLETED)
