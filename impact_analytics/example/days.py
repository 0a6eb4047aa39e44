"""Days, quarters and financial years of the example programme."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

AS_OF = date(2024, 12, 31)
FIRST_YEAR = 2020
QUARTERS = 20
REPORTED = 19  # the last quarter ends on the as-of date, so its sheet is not due yet
DUE_DAYS = 20


@dataclass(frozen=True)
class Quarter:
    """A reporting period."""

    index: int
    period_id: str
    starts_on: date
    ends_on: date
    due_on: date


def quarter(index: int) -> Quarter:
    """Return a quarter, counted from the first one of the programme."""
    year, number = FIRST_YEAR + index // 4, index % 4
    ends_on = month_end(date(year, 3 * number + 3, 1))
    starts_on = date(year, 3 * number + 1, 1)
    return Quarter(index, f"{year}-Q{number + 1}", starts_on, ends_on, ends_on + timedelta(DUE_DAYS))


def quarter_index(day: date) -> int:
    """Return the index of the quarter a day falls in; negative before the first."""
    return (day.year - FIRST_YEAR) * 4 + (day.month - 1) // 3


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_later(day: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def workday(day: date) -> date:
    """Move a weekend back to its Friday."""
    return day - timedelta(max(0, day.weekday() - 4))


def later(rng: Random, day: date, low: int, high: int) -> date:
    """Return a working day `low` to `high` days later, never before the day itself."""
    return max(day, workday(day + timedelta(rng.randint(low, high))))


def between(rng: Random, first: date, last: date) -> date:
    """Return a working day between two days."""
    return later(rng, first, 0, max(0, (last - first).days))


def financial_year(day: date) -> int:
    """Return the financial year of a day: it runs from 16 October to 15 October."""
    return day.year + (1 if (day.month, day.day) > (10, 15) else 0)
