"""Payments, recoveries and the yearly accounts."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random

from impact_analytics.example.amounts import ZERO, share, split, total
from impact_analytics.example.days import AS_OF, financial_year, later
from impact_analytics.example.projects import act, in_force, rounded, shares, slug
from impact_analytics.example.requests import closed
from impact_analytics.example.rows import SOURCE, Row, both, by, grouped
from impact_analytics.example.story import Member

BEFORE_BALANCE = 0.9  # of the funding, paid at most before the balance
SMALLEST = Decimal(1000)


def payments(
    rng: Random, members: Sequence[Member], acts: Sequence[Row], funding: Sequence[Row], requests: Sequence[Row]
) -> list[Row]:
    """Return advances, then what eligible expenditure adds once it covers them; some are due after the as-of day."""
    signed = {row["project_id"]: row["adopted_on"] for row in acts if row["kind"] == "convention"}
    versions, asked = grouped(funding, "project_id"), grouped(requests, "project_id")
    rows = []
    for member in members:
        first = versions[member.project_id][0]
        amount = share(first["eu_eur"] + first["state_eur"], member.temper.advance)
        paid_on = later(rng, signed[member.project_id], 45, 110)
        rows.append(payment(member, 1, None, ("advance", amount), paid_on))
        rows += later_payments(rng, member, versions[member.project_id], asked[member.project_id], amount)
    return rows


def later_payments(
    rng: Random, member: Member, versions: Sequence[Row], requests: Sequence[Row], paid: Decimal
) -> list[Row]:
    """Return the interim payments and the balance that follow a project's decided requests."""
    rows: list[Row] = []
    covered = ZERO
    decided = [row for row in requests if row["decided_on"]]
    for row in sorted(decided, key=lambda row: (row["decided_on"], row["number"])):
        covered += row["eligible_eu_eur"] + row["eligible_state_eur"]
        last = closed(member) and row is requests[-1]
        limit = covered if last else share(in_force(versions, row["decided_on"])["amount_eur"], BEFORE_BALANCE)
        due = min(covered, limit) - paid
        if due >= SMALLEST:
            kind = "balance" if last else "interim"
            rows.append(payment(member, len(rows) + 2, row, (kind, due), later(rng, row["decided_on"], 18, 50)))
            paid += due
    return rows


def payment(member: Member, number: int, request: Row | None, kind: tuple[str, Decimal], paid_on: date) -> Row:
    """Return one payment with its EU and State share."""
    eu, state = split(kind[1], shares(member)[:2])
    return {
        "payment_id": f"{member.project_id}-p{number}",
        "project_id": member.project_id,
        "request_id": request and request["request_id"],
        "kind": kind[0],
        "paid_on": paid_on,
        "amount_eur": kind[1],
        "eu_eur": eu,
        "state_eur": state,
        **both("note", ("", "")),
        "known_from": paid_on,
        "source_id": SOURCE,
    }


def settled(steps: Sequence[Row], payments: Sequence[Row]) -> list[Row]:
    """Return the steps with those of payment: a decided request stays with the authority until it is paid."""
    due = {row["request_id"]: row for row in payments if row["request_id"]}
    rows = []
    for step in steps:
        payment = due.get(step["request_id"])
        if step["step"] != "decided" or payment is None:
            rows.append(step)
            continue
        rows.append(step | {"holder": "authority"})
        if payment["paid_on"] <= AS_OF:
            paid = {"position": step["position"] + 1, "on_date": payment["paid_on"], "step": "paid", "holder": "nobody"}
            rows.append(step | paid)
    return rows


def recoveries(rng: Random, members: Sequence[Member], payments: Sequence[Row], requests: Sequence[Row]) -> list[Row]:
    """Return what must come back: an advance partly returned, an irregularity paid back, an order still open."""
    paid, asked = grouped(payments, "project_id"), grouped(requests, "project_id")
    rows = []
    for member in members:
        of_project = asked[member.project_id]
        before_check = declared(of_project, date(2023, 6, 1))
        if member.temper.code == "withdrawn":
            rows.append(advance_back(rng, member, paid[member.project_id], of_project))
        if member.temper.code == "troubled":
            amount = share(before_check, rng.uniform(0.04, 0.07))
            row = recovery(member, amount, date(2023, 9, 11), IRREGULARITY)
            rows.append(row | {"received_on": later(rng, row["ordered_on"], 120, 180), "received_eur": amount})
        if member.temper.code == "falling":
            rows.append(recovery(member, share(before_check, rng.uniform(0.02, 0.04)), date(2024, 10, 14), TWICE))
    return rows


def advance_back(rng: Random, member: Member, payments: Sequence[Row], requests: Sequence[Row]) -> Row:
    """Return the recovery of an advance that eligible expenditure does not cover, of which a part came back."""
    covered = total([row["eligible_eu_eur"] + row["eligible_state_eur"] for row in requests if row["decided_on"]])
    amount = total([row["amount_eur"] for row in payments]) - covered
    row = recovery(member, amount, later(rng, requests[-1]["decided_on"], 20, 40), ADVANCE)
    back = rounded(share(amount, rng.uniform(0.5, 0.7)), 1000)
    return row | {"received_on": later(rng, row["ordered_on"], 60, 110), "received_eur": back}


ADVANCE = (
    "Anticipo non coperto da spesa ammessa dopo la rinuncia",
    "Advance not covered by eligible expenditure after the withdrawal",
)
IRREGULARITY = ("Affidamento irregolare rilevato in loco", "Irregular contract found on the spot")
TWICE = ("Spese imputate due volte", "Expenditure entered twice")


def declared(requests: Sequence[Row], day: date) -> Decimal:
    """Return what a project had declared by a day, the first request at least."""
    return total([row["declared_eur"] for row in requests if row["submitted_on"] <= day or row is requests[0]])


def recovery(member: Member, amount: Decimal, ordered_on: date, reason: tuple[str, str]) -> Row:
    """Return a recovery of which nothing has come back yet."""
    return {
        "recovery_id": f"{member.project_id}-rec1",
        "project_id": member.project_id,
        "ordered_on": ordered_on,
        "ordered_eur": amount,
        "received_on": None,
        "received_eur": None,
        "act_id": f"act_{slug(member.project_id)}_recovery",
        **both("reason", reason),
        "known_from": ordered_on,
        "source_id": SOURCE,
    }


def recovery_acts(recoveries: Sequence[Row]) -> list[Row]:
    """Return the acts that ordered the recoveries."""
    title = ("Ordine di recupero", "Recovery order")
    return [act(row["act_id"], "recovery_order", title, row["ordered_on"], row["project_id"]) for row in recoveries]


def accounts(members: Sequence[Member], requests: Sequence[Row], recoveries: Sequence[Row]) -> list[Row]:
    """Return what each financial year's accounts hold; a recovery is taken out of the year in which it came back."""
    of_project = by(recoveries, "project_id")
    rows = []
    for member in members:
        decided = [row for row in requests if row["project_id"] == member.project_id and row["decided_on"]]
        for row in decided:
            final = closed(member) and row is decided[-1]
            rows.append(entry(row, financial_year(row["decided_on"]), row["eligible_eu_eur"], final=final))
        if member.temper.code == "troubled":
            back = of_project[member.project_id]
            year = max(financial_year(back["received_on"]), financial_year(decided[0]["decided_on"]) + 1)
            rows.append(entry(decided[0], year, -share(back["received_eur"], shares(member)[0]), final=False))
    return [row for row in rows if row["known_from"] <= AS_OF]


def entry(request: Row, year: int, eu: Decimal, *, final: bool) -> Row:
    """Return what one request adds to the accounts of a year, which are drawn up in December."""
    return {
        "request_id": request["request_id"],
        "financial_year": year,
        "eu_eur": eu,
        "final": final,
        "known_from": date(year, 12, 16),
        "source_id": SOURCE,
    }


def eligible_eu(requests: Sequence[Row], day: date) -> Mapping[str, Decimal]:
    """Return each project's EU share of eligible expenditure decided by a day."""
    found: dict[str, Decimal] = {}
    for row in requests:
        if row["decided_on"] and row["decided_on"] <= day:
            found[row["project_id"]] = found.get(row["project_id"], ZERO) + row["eligible_eu_eur"]
    return found
