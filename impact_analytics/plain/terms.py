"""Terms: the first attested, the one in force, the months by which it moved, and how far an end lies beyond it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from impact_analytics.plain.figures import Figure, Part, Question, earliest, largest, total, twin
from impact_analytics.plain.projects import known_projects, places, withdrawn
from impact_analytics.plain.rows import Row, Tables, remembered
from impact_analytics.plain.versions import by_sheet, standing

Decision = tuple[date, bool, date, Row]  # certain since, the project's own, the term, the row


def decisions(asked: Question, project: Row) -> list[Decision]:
    """Return the decisions on a project's term known by the day, in their order; none of an act left out."""
    return _decisions(asked.tables, project, asked.as_of, asked.without)


@remembered
def _decisions(tables: Tables, project: Row, day: date, without: tuple[str, ...]) -> list[Decision]:
    found = []
    for row in tables.rows("deadline"):
        since, own = row["known_from"] or row["decided_not_after"], row["project_id"] is not None
        mine = row["call_id"] == project["call_id"] and row["project_id"] in (None, project["project_id"])
        left_out = row["act_id"] is not None and row["act_id"] in without
        # What is decided after a project withdrew is not its own.
        late = project["withdrawn_on"] is not None and since > project["withdrawn_on"]
        if mine and since <= day and not left_out and not late:
            found.append((since, own, row["ends_on"], row))
    return sorted(found, key=lambda one: one[:3])


def months_between(start: date, end: date) -> int:
    """Return the months between two days, whatever the day of the month."""
    return (end.year - start.year) * 12 + end.month - start.month


def moved(found: Sequence[Decision], *extensions: str) -> int:
    """Return the months by which extensions of some kinds moved a term."""
    steps = pairwise(found)
    return sum(months_between(before[2], after[2]) for before, after in steps if after[3]["extension"] in extensions)


@dataclass(frozen=True)
class End:
    """When a project really ended, or is expected to, and the rows that say so."""

    day: date | None
    rows: tuple[Row, ...]


def end(asked: Question, project: Row) -> End:
    """Return a project's real end where it is known by the day, else what its newest sheet expects that names one."""
    id = project["project_id"]
    if project["ended_on"] and project["ended_on"] <= asked.as_of:
        return End(project["ended_on"], (project,))
    if withdrawn(asked.tables, id, asked.as_of):
        return End(None, ())
    for _, _, sheet in reversed(standing(asked.tables, asked.as_of).get(id, ())):
        packages = by_sheet(asked.tables, "sheet_procedural").get(sheet["sheet_id"], ())
        expected = [row for row in packages if row["expected_end_on"]]
        if expected:
            last = max(expected, key=lambda row: row["expected_end_on"])
            return End(last["expected_end_on"], (last, sheet))
    return End(None, ())


def residual(asked: Question, project: Row) -> tuple[int | None, tuple[Row, ...]]:
    """Return the days by which a project's end lies beyond its term in force; none where no end is known."""
    if withdrawn(asked.tables, project["project_id"], asked.as_of):
        return None, ()
    found, decided = end(asked, project), decisions(asked, project)
    if found.day is None:
        return None, ()
    return max(0, (found.day - decided[-1][2]).days) if decided else 0, found.rows


Worked = Callable[[Question, Row, Sequence[Decision]], tuple[Any, tuple[Row, ...]]]


def each(asked: Question, worked: Worked) -> Iterator[Part]:
    """Yield what is worked out of each project known by the day; its basis is that of its term, else its own."""
    for id, project in known_projects(asked).items():
        found = decisions(asked, project)
        amount, rows = worked(asked, project, found)
        last = found[-1][3] if found else project
        yield Part(amount, places(asked.tables)[id], (*rows, last, project) if rows else (last, project), last.basis)


@twin
def first_term(asked: Question) -> Figure:
    """Take the earliest of the projects' first attested terms."""
    return earliest(each(asked, lambda _, __, found: (found[0][2], (found[0][3],)) if found else (None, ())))


@twin
def term_in_force(asked: Question) -> Figure:
    """Take the latest of the projects' terms in force."""
    return largest(each(asked, lambda _, __, found: (found[-1][2], ()) if found else (None, ())))


def months(*extensions: str) -> Worked:
    """Return the months by which extensions of some kinds moved a project's term, with the decisions behind them."""

    def worked(_: Question, __: Row, found: Sequence[Decision]) -> tuple[int | None, tuple[Row, ...]]:
        rows = tuple(one[3] for one in found[1:] if one[3]["extension"] in extensions)
        return (moved(found, *extensions) if found else None), rows

    return worked


@twin
def with_money_months(asked: Question) -> Figure:
    """Take the most months by which extensions with money moved a term."""
    return largest(each(asked, months("with_money")))


@twin
def without_money_months(asked: Question) -> Figure:
    """Take the most months by which extensions without money moved a term."""
    return largest(each(asked, months("without_money")))


@twin
def not_known_months(asked: Question) -> Figure:
    """Take the most months by which a term moved and nobody says with what money: its own first term too."""
    return largest(each(asked, months("not_known", "first")))


@twin
def moved_months(asked: Question) -> Figure:
    """Take the most months by which a term moved."""
    return largest(each(asked, months("with_money", "without_money", "not_known", "first")))


@twin
def ends_known(asked: Question) -> Figure:
    """Count the projects whose real or expected end is known."""

    def worked(asked: Question, project: Row, _: Sequence[Decision]) -> tuple[int, tuple[Row, ...]]:
        found = end(asked, project)
        return int(found.day is not None), found.rows

    return total(each(asked, worked))


@twin
def residual_delay(asked: Question) -> Figure:
    """Take the most days by which a project's end lies beyond its term in force."""
    return largest(each(asked, lambda asked, project, _: residual(asked, project)))


@twin
def projects_late(asked: Question) -> Figure:
    """Count the projects whose end lies beyond their term in force."""

    def worked(asked: Question, project: Row, _: Sequence[Decision]) -> tuple[int, tuple[Row, ...]]:
        days, rows = residual(asked, project)
        return int(bool(days)), rows

    return total(each(asked, worked))
