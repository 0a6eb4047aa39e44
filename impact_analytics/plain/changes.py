"""Change requests: those made, those that wait for an answer, those approved, and how long a decision takes."""

from collections.abc import Iterator

from impact_analytics.plain.figures import Figure, Part, Question, middle, part, total, twin
from impact_analytics.plain.projects import places
from impact_analytics.plain.rows import Row


def requested(asked: Question) -> list[Row]:
    """Return the change requests made and known by the day."""
    return [row for row in asked.known("change_request") if row["requested_on"] <= asked.as_of]


def outcome(asked: Question, row: Row) -> str:
    """Return what had been decided by the day; blank where nothing had."""
    return str(row["outcome"]) if row["decided_on"] is not None and row["decided_on"] <= asked.as_of else ""


def counted(asked: Question, *outcomes: str) -> Figure:
    """Count the change requests with one of some outcomes by the day; all of them where none is named."""

    def parts() -> Iterator[Part]:
        for row in requested(asked):
            meant = not outcomes or outcome(asked, row) in outcomes
            yield part(int(meant), places(asked.tables)[row["project_id"]], row)

    return total(parts())


@twin
def changes_requested(asked: Question) -> Figure:
    """Count the change requests."""
    return counted(asked)


@twin
def changes_waiting(asked: Question) -> Figure:
    """Count the change requests that were not decided by the day."""
    return counted(asked, "")


@twin
def changes_approved(asked: Question) -> Figure:
    """Count the change requests approved by the day."""
    return counted(asked, "approved")


@twin
def change_decision_days(asked: Question) -> Figure:
    """Take the median of days from request to decision."""

    def parts() -> Iterator[Part]:
        for row in requested(asked):
            if outcome(asked, row) in ("approved", "refused"):
                days = (row["decided_on"] - row["requested_on"]).days
                yield part(days, places(asked.tables)[row["project_id"]], row)

    return middle(parts())
