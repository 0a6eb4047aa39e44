"""Payment requests: what was declared, who held the request, what was found eligible."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random

from impact_analytics.example.amounts import ZERO, share
from impact_analytics.example.days import AS_OF, REPORTED, later, quarter
from impact_analytics.example.projects import parts
from impact_analytics.example.rows import SOURCE, Row
from impact_analytics.example.story import Member
from impact_analytics.example.truth import Truth

SMALLEST = Decimal(9000)
LAST_QUARTER = {"authority": 16, "beneficiary": 17, "auditor": 18, "suspended": 17, "": 16}
SUBMITTED = {"authority": (35, 60), "beneficiary": (35, 60), "auditor": (58, 76), "suspended": (30, 50), "": (35, 85)}


def requests(rng: Random, members: Sequence[Member], truths: Mapping[str, Truth]) -> tuple[list[Row], list[Row]]:
    """Return the payment requests and, apart, the steps of each; what would happen after the as-of day is left out."""
    rows: list[Row] = []
    steps: list[Row] = []
    for member in members:
        known, declared = truths[member.project_id], ZERO
        chosen = quarters(rng, member, known)
        for index in chosen:
            spent = share(
                known.spent(index), 1.0 if index == chosen[-1] and closed(member) else rng.uniform(0.9, 0.985)
            )
            if spent - declared < SMALLEST:
                continue
            waits = member.waits if index == chosen[-1] else ""
            number = 1 + sum(row["project_id"] == member.project_id for row in rows)
            taken = course(rng, member, later(rng, quarter(index).ends_on, *SUBMITTED[waits]), waits)
            row = request(rng, member, number, spent - declared, taken)
            rows.append(row)
            steps += step_rows(row["request_id"], taken)
            declared = spent
    return rows, steps


def closed(member: Member) -> bool:
    """Say whether a project has come to its end and declares all it spent."""
    return member.temper.code in {"finished", "withdrawn"}


def quarters(rng: Random, member: Member, truth: Truth) -> list[int]:
    """Return the quarters after which a project asks for its money."""
    last = min(truth.last, LAST_QUARTER[member.waits] + (0 if member.waits else rng.randint(0, 1)), REPORTED - 1)
    begun = next(index for index in range(last + 1) if truth.spent(index) * 20 >= truth.spent(last))
    first = min(last, begun + rng.randint(0, 2))
    count = max(2, member.temper.requests + rng.choice((-1, 0, 0, 1)))
    return sorted({round(first + (last - first) * place / (count - 1)) for place in range(count)})


Step = tuple[date, str, str]


def course(rng: Random, member: Member, submitted_on: date, waits: str) -> list[Step]:
    """Return the steps of a request up to the as-of day, the last one being with whom it waits."""
    taken: list[Step] = [(submitted_on, "submitted", "authority")]

    def then(step: str, holder: str, low: int, high: int) -> None:
        taken.append((later(rng, taken[-1][0], low, high), step, holder))

    then("auditor", "auditor", 2, 6)
    if waits != "auditor":
        then("verified", "authority", 14, 32)
    if waits == "beneficiary":
        then("integration_asked", "beneficiary", 18, 32)
    if waits == "suspended":
        then("suspended", "suspended", 12, 25)
    if not waits:
        slow = 0.4 if member.temper.code == "star" else 1.0
        while rng.random() < member.temper.integration * 0.8 and len(taken) < 7:
            then("integration_asked", "beneficiary", 12, 35)
            then("integration_received", "authority", 6, 50)
        if rng.random() < 0.12:
            then("suspended", "suspended", 5, 20)
            then("resumed", "authority", 20, 80)
        then("decided", "nobody", round(20 * slow), round(60 * slow))
    return [step for step in taken if step[0] <= AS_OF]


def step_rows(request_id: str, taken: Sequence[Step]) -> list[Row]:
    """Return the steps of one request as rows."""
    return [
        {"request_id": request_id, "position": position, "on_date": on_date, "step": step, "holder": holder}
        for position, (on_date, step, holder) in enumerate(taken, start=1)
    ]


def request(rng: Random, member: Member, number: int, declared: Decimal, taken: Sequence[Step]) -> Row:
    """Return a payment request with the amounts that its steps have settled so far."""
    on = {step: day for day, step, _ in taken}
    verified = share(declared, 1 - rng.choice((0.0, 0.0, rng.uniform(0, 0.01))))
    cut = 0.0 if rng.random() < 0.35 and member.temper.cut < 0.1 else member.temper.cut * rng.uniform(0.4, 2.0)
    eligible = share(verified, 1 - cut) if "decided" in on else None
    eu, state, own = parts(eligible, member) if eligible is not None else (None, None, None)
    return {
        "request_id": f"{member.project_id}-r{number}",
        "project_id": member.project_id,
        "number": number,
        "submitted_on": taken[0][0],
        "declared_eur": declared,
        "verified_on": on.get("verified"),
        "verified_eur": verified if "verified" in on else None,
        "decided_on": on.get("decided"),
        "eligible_eur": eligible,
        "eligible_eu_eur": eu,
        "eligible_state_eur": state,
        "eligible_own_eur": own,
        "source_id": SOURCE,
    }
