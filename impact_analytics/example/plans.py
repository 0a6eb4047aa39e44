"""What was planned: budgets, targets, and the requests to change them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from impact_analytics.example.amounts import CENT, ZERO, share, split
from impact_analytics.example.days import between, later
from impact_analytics.example.frame import INDICATORS
from impact_analytics.example.projects import act, rounded, slug
from impact_analytics.example.rows import SOURCE, Row, both, grouped
from impact_analytics.example.story import LINES, Member
from impact_analytics.example.words import CHANGES

LINE_SHARES = {"01": 0.38, "02": 0.30, "03": 0.12, "04": 0.20}
CATEGORY_SHARES: dict[str, dict[str, float]] = {
    "01": {"staff": 46, "travel": 2, "equipment": 8, "premises": 5, "services": 20, "participants": 12, "indirect": 7},
    "02": {"staff": 38, "travel": 2, "equipment": 6, "premises": 6, "services": 34, "participants": 7, "indirect": 7},
    "03": {"staff": 22, "travel": 4, "equipment": 5, "services": 62, "indirect": 7},
    "04": {"staff": 34, "travel": 6, "premises": 8, "services": 27, "participants": 18, "indirect": 7},
}
Cell = tuple[str, str]  # action line, cost category
CELLS: tuple[Cell, ...] = tuple((line, category) for line in LINES for category in CATEGORY_SHARES[line])

# what one unit costs in euro of the project's whole funding
UNIT_COST = {
    "persons_assisted": 690,
    "tools_in_place": 260_000,
    "pupils": 1900,
    "workshop_hours": 210,
    "pupils_level": 3100,
    "desk_users": 1150,
    "desk_visits": 330,
    "services_renewed": 210_000,
    "products": 52_000,
    "people_reached": 48,
    "associations": 95_000,
    "participants": 2600,
}


def budgets(rng: Random, members: Sequence[Member], funding: Sequence[Row], acts: Sequence[Row]) -> list[Row]:
    """Return the budget of each funding version, which it adds up to."""
    versions = grouped(funding, "project_id")
    signed = {act["act_id"]: act["adopted_on"] for act in acts}
    rows = []
    for member in members:
        weights = cell_weights(rng)
        amounts: dict[Cell, Decimal] = {}
        for version in versions[member.project_id]:
            if version["version"] == 3:
                amounts = moved(rng, amounts)
            else:
                amounts = dict(zip(CELLS, split(version["amount_eur"], [weights[cell] for cell in CELLS]), strict=True))
                weights = {cell: weight * rng.uniform(0.93, 1.07) for cell, weight in weights.items()}
            rows += budget_rows(member, version, amounts, budget_known(member, version, signed))
    return rows


def budget_known(member: Member, version: Row, signed: Mapping[str, date]) -> date:
    """Return the day a budget version is known: that of the convention, the addendum or the decision."""
    name = {1: "convention", 2: "addendum_1"}.get(version["version"])
    return signed[f"act_{slug(member.project_id)}_{name}"] if name else version["known_from"]


def cell_weights(rng: Random) -> dict[Cell, float]:
    """Return how a project shares its money over lines and cost categories."""
    lines = {line: part * rng.uniform(0.8, 1.2) for line, part in LINE_SHARES.items()}
    return {
        (line, category): lines[line] * CATEGORY_SHARES[line][category] * rng.uniform(0.85, 1.15)
        for line, category in CELLS
    }


def moved(rng: Random, amounts: Mapping[Cell, Decimal]) -> dict[Cell, Decimal]:
    """Move some money between cost categories of two lines, the total unchanged."""
    changed = dict(amounts)
    for line in rng.sample(LINES, 2):
        giving, taking = rng.sample([category for category in CATEGORY_SHARES[line] if category != "indirect"], 2)
        amount = rounded(share(changed[line, giving], rng.uniform(0.08, 0.25)), 100)
        changed[line, giving] -= amount
        changed[line, taking] += amount
    return changed


def budget_rows(member: Member, version: Row, amounts: Mapping[Cell, Decimal], known_from: date) -> list[Row]:
    """Return one budget version."""
    return [
        {
            "project_id": member.project_id,
            "version": version["version"],
            "action_line": line,
            "cost_category": category,
            "amount_eur": amount,
            "known_from": known_from,
            "source_id": SOURCE,
        }
        for (line, category), amount in amounts.items()
    ]


def targets(rng: Random, members: Sequence[Member], funding: Sequence[Row], budget: Sequence[Row]) -> list[Row]:
    """Return the targets of the first two funding versions: what the money buys, in round numbers."""
    known = {(row["project_id"], row["version"]): row["known_from"] for row in budget}
    versions = grouped(funding, "project_id")
    rows = []
    for member in members:
        cost = {name: unit * rng.uniform(0.75, 1.3) for name, unit in UNIT_COST.items()}
        for version in versions[member.project_id][:2]:
            for name, *_ in INDICATORS:
                row = {
                    "project_id": member.project_id,
                    "indicator_id": name,
                    "version": version["version"],
                    "target": round_number(float(version["amount_eur"]) / cost[name]),
                    "known_from": known[member.project_id, version["version"]],
                    "source_id": SOURCE,
                }
                rows.append(row)
    return rows


def round_number(value: float) -> int:
    """Round a target the way a proposal does; at least two."""
    step = 1 if value < 40 else 10 if value < 1000 else 50
    return max(2, round(value / step) * step)


def changes(rng: Random, members: Sequence[Member], funding: Sequence[Row]) -> list[Row]:
    """Return the change requests: those behind the third budgets, those decided otherwise, those waiting."""
    third = {row["project_id"]: row["known_from"] for row in funding if row["version"] == 3}
    rows = []
    for member in members:
        if member.project_id in third:
            effective_on = third[member.project_id]
            requested_on = later(rng, effective_on - timedelta(130), 0, 70)
            row = change(rng, member, "budget", requested_on)
            decided_on = between(rng, requested_on + timedelta(20), effective_on)
            rows.append(row | {"decided_on": decided_on, "outcome": "approved", "effective_on": effective_on})
        rows += other_changes(rng, member)
    waiting = [member for member in members if member.temper.code in {"slow", "troubled", "overspent"} or member.waits]
    for member, kind in zip(waiting, ("budget", "schedule", "extension", "partnership", "budget"), strict=False):
        rows.append(change(rng, member, kind, between(rng, date(2024, 8, 5), date(2024, 12, 12))))
    for number, row in enumerate(rows, start=1):
        row["change_id"] = f"change_{number:03d}"
    return rows


def other_changes(rng: Random, member: Member) -> list[Row]:
    """Return requests of a project that were answered without a new budget version."""
    rows = []
    last = date(2021, 4, 1) if member.temper.code == "withdrawn" else date(2024, 3, 1)
    for _ in range(rng.randint(0, 3)):
        kind = rng.choice(("schedule", "schedule", "partnership", "extension", "budget"))
        requested_on = between(rng, date(2020, 9, 1), last)
        decided_on = later(rng, requested_on, 18, 120)
        approved = kind in {"schedule", "partnership"} and rng.random() < 0.85
        outcome = "approved" if approved else rng.choice(("refused", "refused", "withdrawn"))
        effective_on = later(rng, decided_on, 2, 25) if approved else None
        decided = {"decided_on": decided_on, "outcome": outcome, "effective_on": effective_on}
        rows.append(change(rng, member, kind, requested_on) | decided)
    return rows


def change(rng: Random, member: Member, kind: str, requested_on: date) -> Row:
    """Return a request that waits for its answer."""
    return {
        "change_id": "",
        "project_id": member.project_id,
        "kind": kind,
        **both("title", rng.choice(CHANGES[kind])),
        "requested_on": requested_on,
        "decided_on": None,
        "outcome": None,
        "effective_on": None,
        "act_id": None,
        "moved_eur": None,
        "known_from": requested_on,
        "source_id": SOURCE,
    }


def amounts_moved(rng: Random, changes: Sequence[Row], budget: Sequence[Row]) -> None:
    """Write into each request for another budget what it asks to move: what was approved, or a round amount."""
    versions = grouped(budget, "project_id")
    for row in changes:
        if row["kind"] == "budget":
            asked = Decimal(rng.randrange(40, 400) * 100).quantize(CENT)
            row["moved_eur"] = moved_between(versions[row["project_id"]]) if row["outcome"] == "approved" else asked


def moved_between(budget: Sequence[Row]) -> Decimal:
    """Return what moved between cells from the second budget of a project to the third."""
    second, third = (
        {(row["action_line"], row["cost_category"]): row["amount_eur"] for row in budget if row["version"] == version}
        for version in (2, 3)
    )
    return sum((max(ZERO, amount - second[cell]) for cell, amount in third.items()), ZERO)


def change_acts(changes: Sequence[Row]) -> list[Row]:
    """Return the acts that approved a new budget, and name them in their requests."""
    rows = []
    for row in changes:
        if row["kind"] == "budget" and row["outcome"] == "approved":
            row["act_id"] = f"act_{row['change_id']}"
            title = ("Approvazione della rimodulazione del budget", "Approval of the change of budget")
            rows.append(act(row["act_id"], "change", title, row["decided_on"], row["project_id"]))
    return rows


def final_budget(budget: Sequence[Row]) -> dict[str, dict[Cell, Decimal]]:
    """Return each project's newest budget by cell."""
    found: dict[str, dict[Cell, Decimal]] = {}
    for row in budget:
        found.setdefault(row["project_id"], {})[row["action_line"], row["cost_category"]] = row["amount_eur"]
    return found


def final_targets(targets: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Return each project's newest targets by indicator."""
    found: dict[str, dict[str, int]] = {}
    for row in targets:
        found.setdefault(row["project_id"], {})[row["indicator_id"]] = row["target"]
    return found
