"""Controls: reviews of sheets, verification of requests, checks on the spot, and what they found."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random

from impact_analytics.example.amounts import share
from impact_analytics.example.cash import eligible_eu
from impact_analytics.example.days import AS_OF, between, financial_year, later
from impact_analytics.example.projects import shares
from impact_analytics.example.rows import SOURCE, Row, by
from impact_analytics.example.story import Member
from impact_analytics.example.words import FINDINGS, REACTIONS, REVIEWS

# Operational checks by financial year: few could travel in the second.
OPERATIONAL = {2020: 3, 2021: 2, 2022: 5, 2023: 5, 2024: 4, 2025: 1}
FRESH_FROM = date(2024, 8, 1)  # later findings often wait for an answer
FINDING_FROM = Decimal(2500)  # a smaller cut is no finding


def desk_reviews(rng: Random, members: Sequence[Member], sheets: Sequence[Row]) -> list[Row]:
    """Return the reviews of the sheets; not every sheet is reviewed, and the newest only in part."""
    code = {member.project_id: member.temper.code for member in members}
    rows: list[Row] = []
    for sheet in sheets:
        trouble = {"troubled": 0.2, "overspent": 0.08, "falling": 0.06}.get(code[sheet["project_id"]], 0.02)
        outcome = (
            "integration" if sheet["integration_asked_on"] else "problem" if rng.random() < trouble else "in_order"
        )
        reviewed_on = sheet["integration_asked_on"] or later(rng, sheet["received_on"], 6, 70)
        if reviewed_on <= AS_OF and (outcome == "integration" or rng.random() < 0.9):
            rows.append(
                {
                    "review_id": f"review_{len(rows) + 1:04d}",
                    "sheet_id": sheet["sheet_id"],
                    "reviewed_on": reviewed_on,
                    "outcome": outcome,
                    "note": rng.choice(REVIEWS[outcome]),
                    "source_id": SOURCE,
                }
            )
    return rows


def verifications(rng: Random, requests: Sequence[Row]) -> list[Row]:
    """Return the verification of every decided request: formal, progress, analytical."""
    rows = []
    for request in requests:
        if request["decided_on"]:
            cut = 1 - request["eligible_eur"] / request["declared_eur"]
            row = {
                "verification_id": f"{request['request_id']}-v",
                "request_id": request["request_id"],
                "verified_on": between(
                    rng, max(request["verified_on"], request["submitted_on"]), request["decided_on"]
                ),
                "formal": rng.random() > 0.04,
                "progress": rng.random() > 0.05 + float(cut),
                "analytical": cut < Decimal("0.03"),
                "source_id": SOURCE,
            }
            rows.append(row)
    return rows


def checks(
    rng: Random, members: Sequence[Member], projects: Sequence[Row], requests: Sequence[Row], recoveries: Sequence[Row]
) -> list[Row]:
    """Return the checks on the spot of each financial year, operational and financial."""
    rows = []
    started = by(projects, "project_id")
    for year, count in OPERATIONAL.items():
        first, last = (
            date(year - 1, 10, 21),
            min(date(year, 10, 11), date(2024, 12, 12) if year == 2025 else date(year, 10, 11)),
        )
        running = [member for member in members if runs(started[member.project_id], max(first, date(2020, 5, 4)), last)]
        risky = [member for member in running if member.temper.code in {"troubled", "uncovered"}][
            : 1 if year > 2021 else 0
        ]
        drawn = risky + rng.sample([member for member in running if member not in risky], count - len(risky))
        for member in drawn:
            done_on = between(rng, max(first, started[member.project_id]["started_on"], date(2020, 6, 1)), last)
            rows.append(check(member, "operational", "risk" if member in risky else "random", done_on))
    rows += financial_checks(rng, members, requests, recoveries)
    rows.sort(key=lambda row: (row["done_on"], row["project_id"]))
    for number, row in enumerate(rows, start=1):
        row["check_id"] = f"check_{number:02d}"
    return rows


def runs(project: Row, first: date, last: date) -> bool:
    """Say whether a project runs through a span of days."""
    ends = [day for day in (project["ended_on"], project["withdrawn_on"]) if day]
    return project["started_on"] <= first and all(day >= last for day in ends)


def financial_checks(
    rng: Random, members: Sequence[Member], requests: Sequence[Row], recoveries: Sequence[Row]
) -> list[Row]:
    """Return the financial checks: of the projects that came to their end, of a risk, of a sample."""
    plan = {
        "withdrawn": (date(2022, 5, 18), "random", 1.0, 0.009),
        "troubled": (date(2023, 6, 21), "risk", 0.9, None),
        "finished": (date(2024, 9, 18), "random", 1.0, 0.0026),
        "star": (date(2023, 4, 19), "random", 0.5, 0.0),
        "falling": (date(2024, 6, 12), "risk", 0.4, 0.017),
    }
    ordered = by(recoveries, "project_id")
    rows = []
    for member in members:
        if member.temper.code in plan:
            done_on, selection, part, error = plan[member.temper.code]
            controlled = share(eligible_eu(requests, done_on).get(member.project_id, Decimal(0)), part)
            wrong = (
                share(controlled, error)
                if error is not None
                else share(ordered[member.project_id]["ordered_eur"], shares(member)[0])
            )
            amounts = {"controlled_eu_eur": controlled, "error_eu_eur": min(wrong, controlled)}
            rows.append(check(member, "financial", selection, later(rng, done_on, 0, 5)) | amounts)
    return rows


def check(member: Member, kind: str, selection: str, done_on: date) -> Row:
    """Return a check on the spot that controlled no money."""
    return {
        "check_id": "",
        "project_id": member.project_id,
        "kind": kind,
        "selection": selection,
        "financial_year": financial_year(done_on),
        "done_on": done_on,
        "controlled_eu_eur": None,
        "error_eu_eur": None,
        "source_id": SOURCE,
    }


def findings(
    rng: Random,
    controls: Mapping[str, Sequence[Row]],
    requests: Sequence[Row],
    sheets: Sequence[Row],
    recoveries: Sequence[Row],
) -> list[Row]:
    """Return what the controls found and how the projects reacted; the newest findings are open."""
    sheet, request, ordered = by(sheets, "sheet_id"), by(requests, "request_id"), by(recoveries, "project_id")
    rows = []
    for review in controls["desk_review"]:
        if review["outcome"] == "problem":
            place = {"review_id": review["review_id"]}
            rows.append(finding(rng, sheet[review["sheet_id"]]["project_id"], review["reviewed_on"], "review") | place)
    for verification in controls["verification"]:
        asked = request[verification["request_id"]]
        cut = asked["declared_eur"] - asked["eligible_eur"]
        if cut >= FINDING_FROM:
            place = {"verification_id": verification["verification_id"], "cut_eur": cut}
            rows.append(finding(rng, asked["project_id"], verification["verified_on"], "verification") | place)
    rows += [
        check_finding(rng, check, ordered.get(check["project_id"]))
        for check in controls["on_the_spot_check"]
        if check["error_eu_eur"] or (check["kind"] == "operational" and rng.random() < 0.35)
    ]
    rows.sort(key=lambda row: (row["found_on"], row["project_id"]))
    return [row | {"finding_id": f"finding_{number:03d}"} for number, row in enumerate(rows, start=1)]


def check_finding(rng: Random, check: Row, recovery: Row | None) -> Row:
    """Return what a check on the spot found: serious where money had to come back because of it."""
    serious = check["kind"] == "financial" and recovery is not None and recovery["ordered_on"] >= check["done_on"]
    row = finding(rng, check["project_id"], check["done_on"], "serious" if serious else "check")
    return row | {
        "check_id": check["check_id"],
        "recovery_id": recovery["recovery_id"] if serious and recovery else None,
    }


def finding(rng: Random, project_id: str, found_on: date, ground: str) -> Row:
    """Return a finding; it is answered within two months and closed later, if the as-of day allows."""
    reaction_on, serious = later(rng, found_on, 12, 60), ground == "serious"
    closed_on = later(rng, reaction_on, 10, 240 if serious else 90)
    answered = reaction_on <= AS_OF and rng.random() < (0.97 if found_on < FRESH_FROM else 0.5)
    return {
        "finding_id": "",
        "project_id": project_id,
        "review_id": None,
        "verification_id": None,
        "check_id": None,
        "found_on": found_on,
        "severity": "serious" if serious else "minor" if ground == "verification" else rng.choice(("formal", "minor")),
        "irregularity": serious,
        "sentence": rng.choice(FINDINGS[ground]),
        "reaction": rng.choice(REACTIONS) if answered else None,
        "reaction_on": reaction_on if answered else None,
        "cut_eur": None,
        "recovery_id": None,
        "closed_on": closed_on if answered and closed_on <= AS_OF else None,
        "source_id": SOURCE,
    }
