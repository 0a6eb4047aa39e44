"""Who has not sent which sheet, or not completed it; and the letters that say so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from impact_analytics.formats import UNITS, full, period, short_day
from impact_analytics.frames import records
from impact_analytics.i18n import texts
from impact_analytics.programme import Programme
from impact_analytics.queries.asked import Asked, narrowed_sql, rows

CLASSES = ("delinquent", "overdue")  # the oldest first; each has a threshold in days


@dataclass(frozen=True)
class Reminder:
    """One sheet that a project has still to send or to complete.

    `since_on` is the day it was due, or the day on which its completion was asked for; `waited` the days since then;
    `aged` those since the end of its period, by which it is `overdue` or `delinquent` (blank: neither, or no rule).
    """

    project_id: str
    place: str
    title: str
    prog_code: str
    lead: str
    period_id: str
    due_on: date
    grade: str
    since_on: date
    received_on: date | None
    waited: int
    aged: int
    age: str
    basis: str

    @property
    def asked(self) -> str:
        """Return what is asked for: `send` or `complete`."""
        return "send" if self.grade == "missing" else "complete"


@dataclass(frozen=True)
class Letter:
    """What one beneficiary is asked for, as text to paste."""

    project_id: str
    head: str
    text: str


def reminders(asked: Asked, lang: str) -> list[Reminder]:
    """Return the sheets still to be sent or completed, project by project in order of territory, the oldest first."""
    found = rows(
        asked,
        f"""
        WITH item AS (
            SELECT g.*, CASE WHEN g.grade = 'missing' THEN g.due_on ELSE g.integration_asked_on END AS since_on
            FROM mart_sheet_grade AS g
            WHERE g.as_of = $as_of AND g.grade IN ('missing', 'to_be_completed') AND {narrowed_sql(asked, "g")}
        )
        SELECT x.project_id, t.name_{lang} AS place, coalesce(p.title, '') AS title,
            coalesce(p.prog_code, '') AS prog_code, p.lead, x.period_id, x.due_on, x.grade, x.since_on, x.received_on,
            date_diff('day', x.since_on, x.as_of) AS waited, date_diff('day', x.ends_on, x.as_of) AS aged, x.basis
        FROM item AS x
        JOIN project AS p USING (project_id)
        JOIN territory AS t ON t.territory = x.territory
        ORDER BY t.name_{lang}, p.title, x.project_id, x.ends_on
        """,
    )
    thresholds = asked.snapshot.programme.thresholds
    return [Reminder(age=age(row["aged"], thresholds), **row) for row in records(found)]


def age(days: int, thresholds: Mapping[str, float]) -> str:
    """Return the class of a sheet whose period ended so many days ago; blank below every threshold that is given."""
    return next((name for name in CLASSES if days > thresholds.get(f"{name}_days", float("inf"))), "")


def letters(asked: Asked, lang: str) -> list[Letter]:
    """Return a letter to each beneficiary who has something to send or to complete; none once all is concluded."""
    programme = asked.snapshot.programme
    if not programme.is_open:
        return []
    found = groupby(reminders(asked, lang), lambda one: one.project_id)
    return [_letter(asked, list(some), lang) for _, some in found]


def plain(asked: Asked, lang: str) -> str:
    """Return every letter as one text."""
    mark = [str(texts("app", lang)["example_band"])] if asked.snapshot.programme.is_example else []
    told = [letter.text for letter in letters(asked, lang)]
    return "\n".join([*mark, *(f"\n{'-' * 72}\n".join(told)).splitlines(), ""])


# ---------------------------------------------------------------- inside


def _letter(asked: Asked, found: list[Reminder], lang: str) -> Letter:
    words, first, programme = texts("reminders", lang), found[0], asked.snapshot.programme
    project = " · ".join(part for part in (first.prog_code, first.title, first.place) if part)
    lines = [str(texts("app", lang)["example_band"])] if programme.is_example else []
    lines += [words["to"].format(lead=first.lead), "", words["subject"].format(project=project), ""]
    lines += [words["opening"].format(programme=programme.name[lang], day=_day(asked.as_of, lang)), ""]
    lines += [*_items(found, words, lang), "", *_grounds(found, programme, words, lang)]
    lines += [words["closing"], "", programme.role("authority", lang)]
    return Letter(first.project_id, project, "\n".join(lines))


def _items(found: Iterable[Reminder], words: Mapping[str, Any], lang: str) -> list[str]:
    return [f"- {item_said(one, words, lang)}" for one in found]


def item_said(one: Reminder, words: Mapping[str, Any], lang: str) -> str:
    """Return what is asked for of one sheet, in a sentence."""
    when = "today" if one.asked == "send" and not one.waited else one.asked
    said = str(words["items"][when]).format(
        period=period(one.period_id, lang),
        due=_day(one.due_on, lang),
        since=_day(one.since_on, lang),
        received=_day(one.received_on, lang) if one.received_on else "",
        days=full(one.waited, UNITS["days"], lang),
    )
    return f"{said} ({words['ages'][one.age]})" if one.age else said


def _grounds(found: Iterable[Reminder], programme: Programme, words: Mapping[str, Any], lang: str) -> list[str]:
    """Say by which rule a sheet is called overdue, where the programme gives one."""
    used = {one.age for one in found}
    told = [
        words["ground"].format(
            age=words["ages"][name],
            days=full(programme.thresholds[f"{name}_days"], UNITS["days"], lang),
            ground=programme.grounds.get(f"{name}_days", {}).get(lang) or words["no_ground"],
        )
        for name in reversed(CLASSES)
        if name in used
    ]
    return [*told, ""] if told else []


def _day(day: date, lang: str) -> str:
    return short_day(day, "day", lang)
