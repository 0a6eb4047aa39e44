"""Change requests: those that wait for an answer."""

from collections.abc import Iterator

from impact_analytics.plain.figures import Figure, Part, Question, part, total, twin
from impact_analytics.plain.projects import places
from impact_analytics.plain.rows import Row


def requested(asked: Question) -> list[Row]:
    """Return the change requests made and known by the day."""
    return [row for row in asked.known("change_request") if row["requested_on"] <= asked.as_of]


@twin
def changes_waiting(asked: Question) -> Figure:
    """Count the change requests that were not decided by the day."""

    def parts() -> Iterator[Part]:
        for row in requested(asked):
            decided = row["decided_on"] is not None and row["decided_on"] <= asked.as_of
            yield part(int(not decided), places(asked.tables)[row["project_id"]], row)

    return total(parts())
