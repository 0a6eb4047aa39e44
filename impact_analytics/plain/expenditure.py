"""Expenditure: commitments and what was incurred, as each project's newest sheet says them, cumulative."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from impact_analytics.plain.figures import Figure, Part, Question, part, total, twin
from impact_analytics.plain.projects import every_project, places, withdrawn
from impact_analytics.plain.rows import Row
from impact_analytics.plain.versions import by_sheet, newest_and_before, standing, stock


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
def incurred_fresh(asked: Question) -> Figure:
    """Add the expenditure of projects not withdrawn whose newest sheet is of a recent period."""

    def parts() -> Iterator[Part]:
        for id, sheets in standing(asked.tables, asked.as_of).items():
            ends, _, sheet = sheets[-1]
            if withdrawn(asked.tables, id, asked.as_of):
                continue
            for row in by_sheet(asked.tables, "sheet_financial").get(sheet["sheet_id"], ()):
                at = {**places(asked.tables)[id], "action_line": row["action_line"]}
                yield part(_fresh(asked, ends, row), at, row, sheet, column="incurred_eur")

    return total(parts())


def _fresh(asked: Question, ends: date, row: Row) -> Decimal | None:
    if asked.fresh_days is None:
        return None
    return row.euro("incurred_eur") if (asked.as_of - ends).days <= asked.fresh_days else Decimal(0)


@twin
def incurred_in_force(asked: Question) -> Figure:
    """Add the expenditure that the newest sheets of projects report that had not withdrawn."""
    return total(reported(asked, "incurred_eur", active=True))
