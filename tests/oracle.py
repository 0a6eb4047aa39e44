"""A slow, obvious second answer: plain Python over the raw CSV rows of a programme, sharing no code with the SQL.

What the app itself uses of it to verify a figure stands in `impact_analytics.plain`, and is lent to tests here under
the names they know; what only tests need stands here.
"""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from impact_analytics import plain
from impact_analytics.datafiles import data_files
from impact_analytics.plain import Question, clocks, expenditure, funding, requests, sheets, terms, versions


class Oracle:
    """Answer money figures of a programme folder as of a day."""

    def __init__(self, folder: Path) -> None:
        self.tables = {path.stem: self.read(path) for path in folder.glob("*.csv")}
        self.input = plain.read(data_files(folder, ""))

    def asked(self, day, where=None, late_days=0):
        """Put a question to the input rows."""
        return Question(self.input, day, where or {}, (), late_days)

    def read(self, path):
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def rows(self, table, day=None, on="known_from"):
        return [
            row
            for row in self.tables.get(table, [])
            if day is None or (row.get(on) and date.fromisoformat(row[on]) <= day)
        ]

    @cache  # noqa: B019 - an oracle lives as long as the tests
    def typed(self, table):
        """Return the rows of a table with days as dates and blanks as None."""
        return [{name: as_typed(text) for name, text in row.items()} for row in self.tables.get(table, [])]

    @cache  # noqa: B019
    def known(self, table, day, on="known_from"):
        return [row for row in self.typed(table) if row[on] and row[on] <= day]

    def one(self, table, key, id):
        return next((row for row in self.typed(table) if row[key] == id), {})

    @cache  # noqa: B019
    def projects(self):
        """Return every project by id, with the macro-area of its territory."""
        areas = {row["territory"]: row["macro_area"] for row in self.typed("territory")}
        return {
            row["project_id"]: {"withdrawn_on": None} | row | {"macro_area": areas[row["territory"]]}
            for row in self.typed("project")
        }

    def inside(self, project, where):
        """Say whether a choice of territories and macro-areas leaves a project in."""
        row = self.projects()[project]
        return all(row[name] in where[name] for name in ("territory", "macro_area") if name in where)

    def chosen(self, day, where):
        """Return the projects known by a day that a choice leaves in."""
        return [id for id, row in self.projects().items() if row["known_from"] <= day and self.inside(id, where)]

    def gone(self, project, day):
        left = self.projects()[project]["withdrawn_on"]
        return left is not None and left <= day

    def active(self, day, where):
        return [id for id in self.chosen(day, where) if not self.gone(id, day)]

    def standing(self, day):
        """Return the newest version known by a day of every sheet, by project and period."""
        every = versions.standing(self.input, day)
        return {(project, period): row["sheet_id"] for project, found in every.items() for _, period, row in found}

    def sheets_of(self, project, day):
        """Return the standing sheets of a project by the end of their period, in order."""
        return [(ends, row["sheet_id"]) for ends, _, row in versions.standing(self.input, day).get(project, ())]

    @cache  # noqa: B019
    def by_sheet(self, table):
        found = defaultdict(list)
        for row in self.typed(table):
            found[row["sheet_id"]].append(row)
        return found

    def in_force(self, table, project, day):
        """Return the rows of the newest version that a project has in a table by a day."""
        return [dict(row.cells) for row in versions.in_force(self.input, table, project, day)[0]]

    def budget(self, project, day):
        found = defaultdict(Decimal)
        for row in self.in_force("budget", project, day):
            found[row["action_line"]] += Decimal(row["amount_eur"])
        return found

    @cache  # noqa: B019
    def spent(self, project, day, column="incurred_eur"):
        """Return what the newest sheet of a project says of each line."""
        found = defaultdict(Decimal)
        for row in versions.newest_and_before(self.input, "sheet_financial", project, day)[0]:
            found[row["action_line"]] += row.euro(column)
        return dict(found)

    def term(self, project, day):
        """Return the term of a project by its latest decision known by a day."""
        found = terms.decisions(self.asked(day), plain.projects.every_project(self.input)[project])
        return found[-1][2] if found else None

    def clocks(self, project, day):
        """Return budget, time, physical progress and expenditure of each line of an active project with a budget."""
        asked = self.asked(day)
        return {
            clock.line: (
                clock.budget,
                clocks.time(asked, clock)[0],
                clocks.physical(asked, clock)[0],
                self.spent(project, day).get(clock.line, Decimal(0)),
            )
            for clock in clocks.lines_of(asked, project)
        }

    def reached(self, project, day):
        newest = versions.newest_and_before(self.input, "sheet_physical", project, day)[0]
        return {row["indicator_id"]: row.number("value") for row in newest}

    def targets(self, project, day):
        return {id: row.number("target") for id, row in clocks.targets(self.asked(day), project).items()}

    def physical(self, project, line, day):
        return clocks.reached(self.asked(day), project, line)[0]

    def stated(self, project, day):
        """Return the funding of a project that a source states by a day."""
        return next((Decimal(row["amount_eur"]) for row in self.in_force("funding", project, day)), None)

    def estimates(self, day):
        """Return the funding of the projects of which no source states it, by the rule of allocation, to the cent."""
        parts = plain.TWINS["funding_estimated"](self.asked(day)).parts
        return {part.at["project"]: part.amount for part in parts}

    def withdrawn(self, day):
        return {row["project_id"] for row in self.rows("project", day, "withdrawn_on")}

    def newest_sheets(self, day):
        """Return the sheet of the newest period of each project, in its newest version, as known on a day."""
        every = versions.standing(self.input, day)
        return {found[-1][2]["sheet_id"]: project for project, found in every.items() if found}

    def incurred(self, day, column="incurred_eur", by=None, *, active=False):
        found = defaultdict(Decimal)
        for part in expenditure.reported(self.asked(day), column, active=active):
            if not (active and self.gone(part.at["project"], day)):
                found[part.at[by] if by else ""] += part.amount
        return dict(found)

    def funding(self, day, *, active=False):
        return sum((part.amount for part in funding.assigned(self.asked(day), active=active)), Decimal(0))

    def requests(self, day):
        asked = self.asked(day)
        steps = {
            "declared": ("submitted_on", "declared_eur"),
            "eligible": ("decided_on", "eligible_eur"),
            "examined": ("decided_on", "declared_eur"),
        }
        found = {
            name: sum((part.amount for part in requests.stated(asked, *step)), Decimal(0))
            for name, step in steps.items()
        }
        return found | {"cut": found["examined"] - found["eligible"]}

    def uncovered(self, day):
        return plain.recomputed(self.asked(day), "uncovered_advance").value or Decimal(0)

    def grades(self, day, late_days):
        """Count the sheets due by a day, or in, by grade, of the projects known by then."""
        asked = self.asked(day, late_days=late_days)
        found = dict.fromkeys((sheets.RECEIVED, sheets.LATE, sheets.TO_BE_COMPLETED, sheets.MISSING), 0)
        for _, period, received in sheets.expected(self.input, day):
            found[sheets.grade(asked, period, received)] += 1
        return found

    @staticmethod
    def expected(project, period):
        return (
            (project["started_on"] or project["known_from"]) <= period["ends_on"]
            and (not project["ended_on"] or period["starts_on"] <= project["ended_on"])
            and (not project["withdrawn_on"] or period["ends_on"] <= project["withdrawn_on"])
        )

    @staticmethod
    def grade(versions, period, day, late_days):
        if not versions:
            return "missing"
        newest = max(versions, key=lambda row: int(row["version"]))
        first = min(date.fromisoformat(row["received_on"]) for row in versions)
        if newest["integration_asked_on"] and date.fromisoformat(newest["integration_asked_on"]) <= day:
            return "to_be_completed"
        return "late" if (first - date.fromisoformat(period["due_on"])).days > late_days else "received"


def as_typed(text):
    return plain.rows.typed(text)


def cents(amount):
    return funding.cents(amount)
