"""Who the twenty projects are: temperaments, the shock year, and how spending grows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from random import Random

from impact_analytics.example.days import QUARTERS, REPORTED, quarter, quarter_index
from impact_analytics.example.rows import Row

HORIZON = QUARTERS + 2
LINES = ("01", "02", "03", "04")
START_DELAY = {"01": 1, "02": 3, "03": 1, "04": 2}  # quarters after the project's start
REACH_OF_LINE = {"03": 1.16}  # a campaign is over before the rest
PEAK_DELAY = {"01": 0.5, "02": 1.0, "03": -1.5, "04": 1.5}
SCHOOL_SEASON = (1.25, 1.3, 0.06, 1.15)  # by quarter of the year: no lessons in the third
OTHER_SEASON = (0.9, 1.05, 0.85, 1.2)
# What the four quarters of the suspension year leave of each line's work, then the year that catches up.
SHOCK_START = 4
SHOCK = {
    "01": (0.35, 0.15, 1.0, 0.55),
    "02": (0.55, 0.35, 0.45, 0.75),
    "03": (0.7, 0.8, 0.95, 1.0),
    "04": (0.15, 0.08, 0.2, 0.45),
}
CATCH_UP = (1.3, 1.25, 1.15, 1.05)
CORRECTED_QUARTER = 12  # the quarter in which one project's cumulative amount falls
WAITS = ("authority", "beneficiary", "auditor", "suspended")


@dataclass(frozen=True)
class Temper:
    """How a project behaves; days are ranges, the rest are chances and shares."""

    code: str
    start: tuple[int, int] = (0, 2)  # months from the ranking to the convention
    middle: float = 11.2  # quarter of the fastest spending
    width: float = 5.3
    reach: float = 0.85  # of the budget spent by the last reported quarter
    shock: float = 1.0
    late: float = 0.2
    late_days: tuple[int, int] = (5, 40)
    missing: float = 0.02
    corrected: float = 0.1
    cut: float = 0.012
    requests: int = 5
    integration: float = 0.4
    addendum: tuple[int, int] = (20, 80)
    advance: float = 0.2
    achieved: tuple[float, float] = (0.85, 1.15)


STEADY = Temper("steady")
STAR = Temper(
    "star",
    start=(0, 1),
    middle=10.2,
    width=4.9,
    reach=0.95,
    shock=0.7,
    late=0.03,
    late_days=(5, 8),
    missing=0.0,
    corrected=0.04,
    cut=0.002,
    requests=7,
    integration=0.1,
    addendum=(2, 14),
    achieved=(1.05, 1.3),
)
SLOW = Temper(
    "slow",
    start=(6, 9),
    middle=14.5,
    width=4.6,
    reach=0.55,
    late=0.4,
    late_days=(8, 50),
    missing=0.06,
    corrected=0.12,
    cut=0.02,
    requests=3,
    integration=0.6,
    addendum=(95, 150),
    achieved=(0.5, 0.85),
)
TEMPERS = {
    temper.code: temper
    for temper in (
        STEADY,
        STAR,
        SLOW,
        replace(STAR, code="finished", middle=8.4, width=3.7, reach=0.99, requests=6, achieved=(1.0, 1.2)),
        replace(
            SLOW, code="uncovered", middle=16.0, reach=0.27, missing=0.08, requests=2, advance=0.3, achieved=(0.35, 0.6)
        ),
        replace(
            SLOW,
            code="troubled",
            start=(3, 5),
            middle=12.5,
            reach=0.58,
            missing=0.16,
            corrected=0.22,
            cut=0.13,
            requests=5,
            integration=0.95,
            addendum=(190, 200),
        ),
        replace(
            SLOW,
            code="withdrawn",
            start=(4, 5),
            middle=12.0,
            width=6.0,
            reach=0.055,
            missing=0.0,
            cut=0.06,
            requests=1,
            advance=0.25,
        ),
        Temper("overspent", start=(1, 3), middle=10.5, reach=0.9, shock=0.9),
        Temper("falling", start=(1, 3), middle=10.5, reach=0.82, shock=0.9, late=0.25, corrected=0.15, cut=0.03),
    )
}
COMPANY = ("star", "finished", "slow", "slow", "uncovered", "troubled", "withdrawn", "overspent", "falling")
PROJECTS = 20


@dataclass(frozen=True)
class Member:
    """A project, its place and its part in the story; `waits` says with whom its last payment request lies."""

    number: int
    territory: str
    project_id: str
    temper: Temper
    waits: str = ""


def members(rng: Random, call_id: str, need: Mapping[str, int]) -> list[Member]:
    """Give each territory a project and each project a temperament; who withdraws is one of the smaller ones."""
    territories = list(need)
    codes = [*COMPANY, *["steady"] * (PROJECTS - len(COMPANY))]
    rng.shuffle(codes)
    small, place = territories.index(sorted(need, key=lambda name: need[name])[5]), codes.index("withdrawn")
    codes[small], codes[place] = codes[place], codes[small]
    waits = iter(WAITS)
    return [
        Member(
            number,
            territory,
            f"{call_id}-{territory}",
            personal(rng, TEMPERS[code]),
            next(waits, "") if code == "steady" else "",
        )
        for number, (territory, code) in enumerate(zip(territories, codes, strict=True), start=1)
    ]


def personal(rng: Random, temper: Temper) -> Temper:
    """Make a temperament one project's own: no two projects run alike."""
    return replace(
        temper,
        middle=temper.middle + rng.uniform(-1.8, 1.8),
        width=temper.width * rng.uniform(0.88, 1.12),
        reach=temper.reach
        if temper.reach > 0.9 or temper.code == "uncovered"
        else temper.reach * rng.uniform(0.88, 1.08),
        shock=temper.shock * rng.uniform(0.75, 1.0),
        late=temper.late * rng.uniform(0.4, 1.6),
        corrected=temper.corrected * rng.uniform(0.3, 1.7),
    )


def season(line: str, index: int) -> float:
    """Return how much of a usual quarter's work a season allows."""
    return (SCHOOL_SEASON if line == "01" else OTHER_SEASON)[index % 4]


def shock(temper: Temper, line: str, index: int) -> float:
    """Return what the suspension year leaves of a quarter's work, or what the year after adds."""
    place = index - SHOCK_START
    if 0 <= place < 4:
        return 1 - temper.shock * (1 - SHOCK[line][place])
    return CATCH_UP[place - 4] if 4 <= place < 8 else 1.0


def bell(temper: Temper, line: str, index: int) -> float:
    """Return the pace of a line in a quarter were nothing to happen: slow, fast, slow."""
    distance = (index - temper.middle - PEAK_DELAY[line]) / temper.width
    return math.exp(-distance * distance / 2)


def gaps(terms: Sequence[Row]) -> dict[int, float]:
    """Return by quarter the share of days between the end of a term and the signature of the next."""
    idle: dict[int, float] = {}
    for old, new in pairwise(terms):
        known = new["known_from"] or new["decided_not_after"]
        for index in range(HORIZON):
            period = quarter(index)
            days = (min(known, period.ends_on) - max(old["ends_on"], period.starts_on)).days
            if days > 0:
                idle[index] = min(1.0, days / 91)
    return idle


def paces(rng: Random, member: Member, line: str, first: int, idle: Mapping[int, float]) -> list[float]:
    """Return the work done on a line in each quarter, in no unit."""
    start = first + START_DELAY[line]
    noise = [rng.lognormvariate(0, 0.2) for _ in range(HORIZON)]
    return [
        noise[index]
        * bell(member.temper, line, index)
        * season(line, index)
        * shock(member.temper, line, index)
        * (1 - 0.9 * idle.get(index, 0.0))
        if index >= start
        else 0.0
        for index in range(HORIZON)
    ]


def course(rng: Random, member: Member, line: str, span: tuple[date, date], idle: Mapping[int, float]) -> list[float]:
    """Return the cumulative share of a line's budget spent by the end of each quarter between two days."""
    first, last = quarter_index(span[0]), quarter_index(span[1])
    pace = [value if index <= last else 0.0 for index, value in enumerate(paces(rng, member, line, first, idle))]
    reported = sum(pace[: min(last + 1, REPORTED)])
    limit = 1.0 if member.temper.reach > 0.98 else 0.985
    reach = min(
        limit, member.temper.reach * REACH_OF_LINE.get(line, 1.0) * (1 if limit == 1.0 else rng.uniform(0.9, 1.06))
    )
    done, shares = 0.0, []
    for value in pace:
        done += value
        shares.append(min(limit, reach * done / reported) if reported else 0.0)
    return shares
