"""A slow, obvious second answer: plain Python over the raw CSV rows of a programme, sharing no code with the SQL."""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
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
