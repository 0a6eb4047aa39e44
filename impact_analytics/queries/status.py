"""The status of projects by the programme's own rules: now, why, what would lift it, and period by period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from impact_analytics import status
from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, answer, narrowed_sql, rows
from impact_analytics.status import NOT_KNOWN, ON_TRACK, Rule, Verdict, judged
from impact_analytics.store import NoSnapshot, Snapshot

OVER = ("not_started", "ended", "withdrawn")  # states that are told as they are: nothing is due from such a project
GRADES = (*status.GRADES, NOT_KNOWN, ON_TRACK, *OVER)  # in the order of concern

__all__ = [
    "GRADES",
    "SAMPLE",
    "Graded",
    "Rule",
    "Verdict",
    "compared",
    "counts",
    "graded",
    "history",
    "lifted",
    "rules",
    "to_lift",
]

compared, lifted, to_lift, SAMPLE = status.compared, status.lifted, status.to_lift, status.SAMPLE


@dataclass(frozen=True)
class Graded:
    """One project on one day: its state, what each rule says of it, and the grade that follows."""

    project: str
    territory: str
    state: str
    verdicts: tuple[Verdict, ...]

    @cached_property
    def grade(self) -> str:
        """Return the grade; of a project that is over, or has not begun, that state."""
        return self.state if self.state in OVER else status.grade_of(self.verdicts)

    @property
    def fired(self) -> tuple[Verdict, ...]:
        """Return the rules that fired, the one that gave the grade first; none of a project that is over."""
        return () if self.state in OVER else tuple(verdict for verdict in self.verdicts if verdict.fired)

    @property
    def unknown(self) -> tuple[Verdict, ...]:
        """Return the rules that cannot be judged, of a project under way."""
        return () if self.state in OVER else tuple(verdict for verdict in self.verdicts if verdict.fired is None)


@lru_cache(maxsize=64)
def rules(snapshot: Snapshot) -> tuple[Rule, ...]:
    """Return the status rules that a snapshot was built with; none where the programme has no such file."""
    try:
        content = snapshot.note("status")
    except NoSnapshot:  # built before there were any
        return ()
    return status.read(content, snapshot.programme)[0]


def whole_projects(asked: Asked) -> Asked:
    """Return the question without its action lines: the status is that of whole projects."""
    return replace(asked, where=tuple(pair for pair in asked.where if pair[0] != "action_line"))


def graded(asked: Asked) -> list[Graded]:
    """Return every project as of the day asked, the gravest first."""
    found = _graded(replace(whole_projects(asked), days=()))
    return sorted((one for _, one in found), key=lambda one: (GRADES.index(one.grade), one.project))


def counts(found: Sequence[Graded]) -> dict[str, int]:
    """Return how many projects have each grade that occurs, in the order of concern."""
    held = [one.grade for one in found]
    return {grade: held.count(grade) for grade in GRADES if grade in held}


def history(asked: Asked) -> pd.DataFrame:
    """Return the grade of each project at the end of each reporting period until the day asked.

    Columns: project, period_id, ends_on, grade, rule (the id of the one that gave it, else None). Each grade is what
    was known at the end of that day.
    """
    ends = _ends(asked)
    if not ends or not rules(asked.snapshot):
        return pd.DataFrame(columns=["project", "period_id", "ends_on", "grade", "rule"], dtype=object)
    days = tuple(ends)
    found = _graded(replace(whole_projects(asked), as_of=days[-1], days=days))
    flat = [
        (one.project, ends[day], day, one.grade, one.fired[0].rule.id if one.fired else None)
        for day, one in found
        if day in ends
    ]
    return pd.DataFrame(flat, columns=["project", "period_id", "ends_on", "grade", "rule"], dtype=object)


def _ends(asked: Asked) -> dict[date, str]:
    found = rows(asked, "SELECT ends_on, period_id FROM reporting_period WHERE ends_on <= $as_of ORDER BY ends_on")
    return dict(zip(found["ends_on"], found["period_id"], strict=True))


@lru_cache(maxsize=512)
def _graded(asked: Asked) -> tuple[tuple[date, Graded], ...]:
    """Return every project on every day asked: one question for all days."""
    known = rules(asked.snapshot)
    values = _values(asked, tuple(dict.fromkeys(rule.metric for rule in known)))
    return tuple(
        (row["as_of"], _judged(row, known, values.get((row["as_of"], row["project_id"]), {})))
        for row in records(_states(asked))
    )


def _judged(row: Mapping[Any, Any], known: Sequence[Rule], values: Mapping[Any, Any]) -> Graded:
    verdicts = tuple(judged(rule, values.get(rule.metric)) for rule in known)
    return Graded(row["project_id"], row["territory"], row["state"], verdicts)


def _states(asked: Asked) -> pd.DataFrame:
    sql = f"""
        SELECT as_of, project_id, territory, state
        FROM mart_project_state AS s
        WHERE {narrowed_sql(asked, "s")}
        ORDER BY as_of, project_id
    """
    found = rows(asked, sql)
    return found[found["as_of"].isin(asked.all_days)]


def _values(asked: Asked, names: tuple[str, ...]) -> dict[tuple[date, str], dict[Any, Any]]:
    if not names:
        return {}
    frame, _ = answer(asked, names, ("project",))
    return {(row["as_of"], row["project"]): row for row in records(frame)}
