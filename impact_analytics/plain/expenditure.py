"""Expenditure: commitments and what was incurred, as each project's newest sheet says them, cumulative."""

from collections.abc import Iterator

from impact_analytics.plain.figures import Figure, Part, Question, total, twin
from impact_analytics.plain.projects import every_project
from impact_analytics.plain.versions import newest_and_before, stock


def reported(asked: Question, column: str, *, active: bool) -> Iterator[Part]:
    """Yield an amount of the newest standing sheet of each project; of active projects, where that is meant."""
    for id in every_project(asked.tables):
        newest, before = newest_and_before(asked.tables, "sheet_financial", id, asked.as_of)
        yield from stock(asked.tables, id, newest, before, column, leaves=asked.as_of if active else None)


@twin
def commitments(asked: Question) -> Figure:
    """Add the commitments that the newest sheets report."""
    return total(reported(asked, "committed_eur", active=False))


@twin
def commitments_in_force(asked: Question) -> Figure:
    """Add the commitments that the newest sheets of projects report that had not withdrawn."""
    return total(reported(asked, "committed_eur", active=True))


@twin
def incurred(asked: Question) -> Figure:
    """Add the expenditure that the newest sheets report."""
    return total(reported(asked, "incurred_eur", active=False))


@twin
def incurred_in_force(asked: Question) -> Figure:
    """Add the expenditure that the newest sheets of projects report that had not withdrawn."""
    return total(reported(asked, "incurred_eur", active=True))
