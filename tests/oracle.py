"""A slow, obvious second answer: plain Python over the raw CSV rows of a programme, sharing no code with the SQL."""

import csv
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path


class Oracle:
    """Answer money figures of a programme folder as of a day."""

    def __init__(self, folder: Path) -> None:
        self.tables = {path.stem: self.read(path) for path in folder.glob("*.csv")}

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

    @cache  # noqa: B019
    def standing(self, day):
        """Return the newest version known by a day of every sheet, by project and period."""
        found = {}
        for row in sorted(self.known("sheet", day, "received_on"), key=lambda row: int(row["version"])):
            found[row["project_id"], row["period_id"]] = row["sheet_id"]
        return found

    @cache  # noqa: B019
    def sheets_of(self, project, day):
        """Return the standing sheets of a project by the end of their period, in order."""
        ends = {row["period_id"]: row["ends_on"] for row in self.typed("reporting_period")}
        return sorted((ends[period], sheet) for (one, period), sheet in self.standing(day).items() if one == project)

    @cache  # noqa: B019
    def by_sheet(self, table):
        found = defaultdict(list)
        for row in self.typed(table):
            found[row["sheet_id"]].append(row)
        return found

    def in_force(self, table, project, day):
        """Return the rows of the newest version that a project has in a table by a day."""
        rows = [row for row in self.known(table, day) if row["project_id"] == project]
        newest = max((int(row["version"]) for row in rows), default=0)
        return [row for row in rows if int(row["version"]) == newest]

    def budget(self, project, day):
        found = defaultdict(Decimal)
        for row in self.in_force("budget", project, day):
            found[row["action_line"]] += Decimal(row["amount_eur"])
        return found

    @cache  # noqa: B019
    def spent(self, project, day, column="incurred_eur"):
        """Return what the newest sheet of a project says of each line."""
        found = defaultdict(Decimal)
        for _, sheet in self.sheets_of(project, day)[-1:]:
            for row in self.by_sheet("sheet_financial")[sheet]:
                found[row["action_line"]] += Decimal(row[column])
        return dict(found)

    def term(self, project, day):
        """Return the term of a project by its latest decision known by a day."""
        row, found = self.projects()[project], []
        for one in self.typed("deadline"):
            since, own = one["known_from"] or one["decided_not_after"], one["project_id"] is not None
            mine = one["call_id"] == row["call_id"] and one["project_id"] in (None, project)
            if mine and since <= day and not (row["withdrawn_on"] and since > row["withdrawn_on"]):
                found.append((since, own, one["ends_on"]))
        return max(found)[-1] if found else None

    def clocks(self, project, day):
        """Return budget, time, physical progress and expenditure of each line of an active project with a budget."""
        row, term = self.projects()[project], self.term(project, day)
        until = min(day, row["ended_on"] or day)
        time = None
        if term and row["started_on"] and term != row["started_on"]:
            whole = (term - row["started_on"]).days
            time = Fraction(min(max((until - row["started_on"]).days, 0), whole), whole)
        return {
            line: (amount, time, self.physical(project, line, day), self.spent(project, day).get(line, Decimal(0)))
            for line, amount in self.budget(project, day).items()
            if amount > 0
        }

    def reached(self, project, day):
        newest = self.sheets_of(project, day)[-1:]
        return {
            row["indicator_id"]: int(row["value"])
            for _, sheet in newest
            for row in self.by_sheet("sheet_physical")[sheet]
        }

    @cache  # noqa: B019
    def targets(self, project, day):
        found = {}
        for row in sorted(self.known("indicator_target", day), key=lambda row: int(row["version"])):
            if row["project_id"] == project:
                found[row["indicator_id"]] = int(row["target"])
        return found

    def physical(self, project, line, day):
        lines = {row["indicator_id"]: row["action_line"] for row in self.typed("indicator")}
        reached = self.reached(project, day)
        shares = [
            min(Fraction(reached.get(id, 0), target), Fraction(1))
            for id, target in self.targets(project, day).items()
            if lines[id] == line
        ]
        return sum(shares, Fraction(0)) / len(shares) if shares else None

    def stated(self, project, day):
        """Return the funding of a project that a source states by a day."""
        return next((Decimal(row["amount_eur"]) for row in self.in_force("funding", project, day)), None)

    def estimates(self, day):
        """Return the funding of the projects of which no source states it, by the rule of allocation, to the cent."""
        rule = next(iter(self.typed("allocation_rule")), None)
        stated = {row["project_id"]: row for row in self.typed("funding") if row["version"] == "1"}
        unknown = [id for id in self.projects() if id not in stated]
        if not rule or not unknown:
            return {}
        pool = self.one("endowment", "endowment_id", rule["endowment_id"])
        grounds = [pool["known_from"], *(row["known_from"] for row in stated.values())]
        if max(grounds) > day:
            return {}
        fixed = cents(rule["fixed_eur"])
        rest = cents(pool["amount_eur"]) - sum(cents(row["amount_eur"]) for row in stated.values())
        needs = {
            row["territory"]: int(row[rule["need"]])
            for row in self.typed("population")
            if row["on_date"] == rule["reference_on"]
        }
        need = {id: needs[self.projects()[id]["territory"]] for id in unknown}
        shares = {id: Fraction((rest - fixed * len(unknown)) * need[id], sum(need.values())) for id in unknown}
        left = rest - fixed * len(unknown) - sum(int(share) for share in shares.values())
        luckiest = sorted(shares, key=lambda id: (int(shares[id]) - shares[id], id))[:left]
        return {id: Decimal(fixed + int(shares[id]) + (id in luckiest)) / 100 for id in unknown}

    def withdrawn(self, day):
        return {row["project_id"] for row in self.rows("project", day, "withdrawn_on")}

    def newest_sheets(self, day):
        """Return the sheet of the newest period of each project, in its newest version, as known on a day."""
        ends = {row["period_id"]: row["ends_on"] for row in self.rows("reporting_period")}
        newest = {}
        for row in self.rows("sheet", day, "received_on"):
            rank = ends[row["period_id"]], int(row["version"])
            if row["project_id"] not in newest or rank > newest[row["project_id"]][0]:
                newest[row["project_id"]] = rank, row["sheet_id"]
        return {sheet: project for project, (_, sheet) in newest.items()}

    def incurred(self, day, column="incurred_eur", by=None, *, active=False):
        sheets = self.newest_sheets(day)
        gone = self.withdrawn(day) if active else set()
        found = defaultdict(Decimal)
        for row in self.rows("sheet_financial"):
            project = sheets.get(row["sheet_id"])
            if project and project not in gone:
                found[row[by] if by else ""] += Decimal(row[column])
        return dict(found)

    def funding(self, day, *, active=False):
        newest = {}
        for row in self.rows("funding", day):
            if row["project_id"] not in newest or int(row["version"]) > newest[row["project_id"]][0]:
                newest[row["project_id"]] = int(row["version"]), Decimal(row["amount_eur"])
        gone = self.withdrawn(day) if active else set()
        return sum((amount for project, (_, amount) in newest.items() if project not in gone), Decimal(0))

    def requests(self, day):
        declared = sum(
            (Decimal(row["declared_eur"]) for row in self.rows("payment_request", day, "submitted_on")), Decimal(0)
        )
        decided = self.rows("payment_request", day, "decided_on")
        eligible = sum((Decimal(row["eligible_eur"]) for row in decided), Decimal(0))
        examined = sum((Decimal(row["declared_eur"]) for row in decided), Decimal(0))
        return {"declared": declared, "eligible": eligible, "examined": examined, "cut": examined - eligible}

    def uncovered(self, day):
        balance = defaultdict(Decimal)
        for row in self.rows("payment", day):
            balance[row["project_id"]] += Decimal(row["amount_eur"])
        for row in self.rows("recovery", day):
            if row.get("received_on") and date.fromisoformat(row["received_on"]) <= day:
                balance[row["project_id"]] -= Decimal(row["received_eur"])
        for row in self.rows("payment_request", day, "decided_on"):
            balance[row["project_id"]] -= Decimal(row["eligible_eur"])
        return sum((max(Decimal(0), amount) for amount in balance.values()), Decimal(0))

    def grades(self, day, late_days):
        """Count the sheets due by a day, or in, by grade."""
        found = {"received": 0, "late": 0, "to_be_completed": 0, "missing": 0}
        for project in self.rows("project", day):
            for period in self.rows("reporting_period"):
                versions = [
                    row
                    for row in self.rows("sheet", day, "received_on")
                    if (row["project_id"], row["period_id"]) == (project["project_id"], period["period_id"])
                ]
                if self.expected(project, period) and (versions or date.fromisoformat(period["due_on"]) <= day):
                    found[self.grade(versions, period, day, late_days)] += 1
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
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text or None


def cents(amount):
    return int(Decimal(amount) * 100)
