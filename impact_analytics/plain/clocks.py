"""The three clocks of each active project and line with a budget: time, physical progress, expenditure."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from impact_analytics.plain.figures import Figure, Part, Question, mean, twin
from impact_analytics.plain.projects import by_project, every_project, known_projects, places, withdrawn
from impact_analytics.plain.rows import Row
from impact_analytics.plain.terms import decisions
from impact_analytics.plain.versions import in_force, newest_and_before
from impact_analytics.programme import School


@dataclass(frozen=True)
class Clock:
    """A line of a project: its budget and the rows that say it."""

    project: Row
    line: str
    budget: Decimal
    rows: tuple[Row, ...]


def lines(asked: Question) -> Iterator[Clock]:
    """Yield the lines with a budget of every project known by the day that had not withdrawn."""
    for id in known_projects(asked):
        if not withdrawn(asked.tables, id, asked.as_of):
            yield from lines_of(asked, id)


def lines_of(asked: Question, project: str) -> Iterator[Clock]:
    """Yield the lines of a project with a budget."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in in_force(asked.tables, "budget", project, asked.as_of)[0]:
        found[row["action_line"]].append(row)
    for line, rows in found.items():
        budget = sum((row.euro("amount_eur") or Decimal(0) for row in rows), Decimal(0))
        if budget > 0:
            yield Clock(every_project(asked.tables)[project], line, budget, tuple(rows))


Share = tuple[Fraction | None, tuple[Row, ...]]


def time(asked: Question, clock: Clock) -> Share:
    """Return the share of days from start to term in force that had passed, the rows behind it."""
    project, decided = clock.project, decisions(asked, clock.project)
    started = project["started_on"]
    if not started or not decided or decided[-1][2] == started:
        return None, ()
    ended = project["ended_on"]
    until = min(asked.as_of, ended) if ended and ended <= asked.as_of else asked.as_of
    whole = (decided[-1][2] - started).days
    return Fraction(min(max((until - started).days, 0), whole), whole), (decided[-1][3], project)


def physical(asked: Question, clock: Clock) -> Share:
    """Return the mean share of targets that a line has reached."""
    return reached(asked, clock.project["project_id"], clock.line)


def reached(asked: Question, project: str, line: str) -> Share:
    """Return the mean of value / target, at most 1 each, over a line's indicators with a target."""
    of_line = {row["indicator_id"] for row in asked.tables.rows("indicator") if row["action_line"] == line}
    newest = newest_and_before(asked.tables, "sheet_physical", project, asked.as_of)[0]
    values = {row["indicator_id"]: row for row in newest}
    shares, rows = [], []
    for indicator, target in targets(asked, project).items():
        if indicator in of_line and (target.number("target") or 0) > 0:
            value = values[indicator].number("value") or 0 if indicator in values else 0
            shares.append(min(Fraction(value, target.number("target") or 1), Fraction(1)))
            rows += [target, *([values[indicator]] if indicator in values else [])]
    return (sum(shares, Fraction(0)) / len(shares) if shares else None), tuple(rows)


def targets(asked: Question, project: str) -> dict[str, Row]:
    """Return the newest target known by the day of each indicator of a project."""
    found: dict[str, Row] = {}
    known = [row for row in by_project(asked.tables, "indicator_target").get(project, ()) if _by(row, asked.as_of)]
    for row in sorted(known, key=lambda row: int(row["version"])):
        found[row["indicator_id"]] = row
    return found


def _by(row: Row, day: date) -> bool:
    return bool(row["known_from"] <= day)


def spent(asked: Question, clock: Clock) -> Share:
    """Return expenditure incurred / budget of a line."""
    newest = newest_and_before(asked.tables, "sheet_financial", clock.project["project_id"], asked.as_of)[0]
    rows = tuple(row for row in newest if row["action_line"] == clock.line)
    incurred = sum((row.euro("incurred_eur") or Decimal(0) for row in rows), Decimal(0))
    return Fraction(incurred) / Fraction(clock.budget), rows


def clocked(asked: Question, share: Callable[[Question, Clock], Share]) -> Figure:
    """Return the mean of a clock, weighted by budget."""

    def parts() -> Iterator[Part]:
        for clock in lines(asked):
            at = {**places(asked.tables)[clock.project["project_id"]], "action_line": clock.line}
            found, rows = share(asked, clock)
            yield Part(found, at, (*rows, *clock.rows), min(row.basis for row in clock.rows), weight=clock.budget)

    return mean(parts())


@twin
def time_progress(asked: Question) -> Figure:
    """Take the mean share of time passed."""
    return clocked(asked, time)


@twin
def physical_progress(asked: Question) -> Figure:
    """Take the mean share of targets reached."""
    return clocked(asked, physical)


@twin
def expenditure_clock(asked: Question) -> Figure:
    """Take the mean share of the budget spent."""
    return clocked(asked, spent)


# ---------------------------------------------------------------- school time


def school(asked: Question, clock: Clock) -> Share:
    """Return the share of school days from start to term in force that had passed; none for other lines."""
    keeps = {row["action_line"] for row in asked.tables.rows("action_line") if row.true("school_time")}
    project, decided = clock.project, decisions(asked, clock.project)
    if clock.line not in keeps or not project["started_on"] or not decided:
        return None, ()
    term, ended = decided[-1][2], project["ended_on"]
    until = min([asked.as_of, term, *([ended] if ended and ended <= asked.as_of else [])])
    planned = school_days(project["started_on"], term, asked.school)
    passed = school_days(project["started_on"], until, asked.school)
    return (Fraction(passed, planned) if planned else None), (decided[-1][3], project)


def school_days(after: date, until: date, school: School) -> int:
    """Count the days after one and until another that lie in a school year."""
    years = [school.year(year) for year in range(after.year - 1, until.year + 1)]
    return sum(max(0, (min(until, last) - max(after, first - timedelta(1))).days) for first, last in years)


def in_school_lines(asked: Question, clock: Clock) -> Share:
    """Return the physical progress of a line that keeps to the school year; none for others."""
    share, rows = school(asked, clock)
    found, of = physical(asked, clock)
    return (None if share is None else found), (*of, *rows)


@twin
def school_time_progress(asked: Question) -> Figure:
    """Take the mean share of school time passed."""
    return clocked(asked, school)


@twin
def school_physical_progress(asked: Question) -> Figure:
    """Take the mean share of targets reached by the lines that keep to the school year."""
    return clocked(asked, in_school_lines)
