"""Funding: the call's endowment, what projects were assigned, what the rule would assign the others, budgets."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from impact_analytics.plain.figures import Figure, Part, Question, part, total, twin
from impact_analytics.plain.projects import every_project, places
from impact_analytics.plain.rows import Row, decimal
from impact_analytics.plain.versions import in_force, stock


def newest_endowments(asked: Question) -> list[Row]:
    """Return of each call the newest version of its endowment that states an amount."""
    found: dict[str, Row] = {}
    for row in sorted(asked.known("endowment"), key=lambda row: row["known_from"]):
        if row["amount_eur"] is not None:
            found[row["call_id"]] = row
    return list(found.values())


def of_call(row: Row) -> Part:
    """Return a call's endowment, which stands under no project."""
    return part(row.euro("amount_eur"), {}, row, column="amount_eur")


@twin
def endowment(asked: Question) -> Figure:
    """Add the newest endowment of each call."""
    return total(of_call(row) for row in newest_endowments(asked))


@twin
def endowment_total(asked: Question) -> Figure:
    """Add the newest endowment of each call where it is what the projects' funding must add up to."""
    return total(of_call(row) for row in newest_endowments(asked) if row.true("total"))


def assigned(asked: Question, *, active: bool) -> Iterator[Part]:
    """Yield the newest version of each project's funding; of active projects, where that is meant."""
    for id in every_project(asked.tables):
        newest, before = in_force(asked.tables, "funding", id, asked.as_of)
        yield from stock(asked.tables, id, newest, before, "amount_eur", leaves=asked.as_of if active else None)


@twin
def funding(asked: Question) -> Figure:
    """Add the newest version of each project's funding."""
    return total(assigned(asked, active=False))


@twin
def funding_in_force(asked: Question) -> Figure:
    """Add the newest version of the funding of projects that had not withdrawn."""
    return total(assigned(asked, active=True))


@twin
def budget(asked: Question) -> Figure:
    """Add the rows of the newest version of the budget of projects that had not withdrawn."""

    def parts() -> Iterator[Part]:
        for id in every_project(asked.tables):
            newest, before = in_force(asked.tables, "budget", id, asked.as_of)
            yield from stock(asked.tables, id, newest, before, "amount_eur", leaves=asked.as_of)

    return total(parts())


# ---------------------------------------------------------------- the estimate


@twin
def funding_estimated(asked: Question) -> Figure:
    """Add what the rule of allocation gives the projects whose funding no source states."""

    def parts() -> Iterator[Part]:
        for rule in asked.tables.rows("allocation_rule"):
            yield from estimates(asked, rule)

    return total(parts())


def estimates(asked: Question, rule: Row) -> Iterator[Part]:
    """Yield the estimate of each project of a call, in whole cents: a fixed part and a share of the rest by need."""
    pool = next(row for row in asked.tables.rows("endowment") if row["endowment_id"] == rule["endowment_id"])
    if pool["amount_eur"] is None:
        return
    stated, needs = _stated(asked, rule["call_id"]), _needs(asked, rule)
    grounds = [pool["known_from"], *(row["known_from"] for row in stated)]
    for id, euro in shared(pool, stated, needs, rule).items():
        project = every_project(asked.tables)[id]
        if max(project["known_from"], *grounds) <= asked.as_of:
            yield Part(euro, places(asked.tables)[id], (rule, pool, needs[id], project), "estimate")


def shared(pool: Row, stated: Sequence[Row], needs: Mapping[str, Row], rule: Row) -> dict[str, Decimal]:
    """Return what the rule gives each project; cents that are left over go to the largest remainders."""
    fixed, need = cents(rule["fixed_eur"]), {id: row.number(rule["need"]) or 0 for id, row in needs.items()}
    rest = cents(pool["amount_eur"]) - sum(cents(row["amount_eur"]) for row in stated) - fixed * len(needs)
    if rest <= 0 or not any(need.values()):
        return {}
    shares = {id: Fraction(rest * number, sum(need.values())) for id, number in need.items() if number > 0}
    left = rest - sum(int(share) for share in shares.values())
    luckiest = sorted(shares, key=lambda id: (int(shares[id]) - shares[id], id))[:left]
    return {id: Decimal(fixed + int(share) + (id in luckiest)) / 100 for id, share in shares.items()}


def _stated(asked: Question, call: str) -> list[Row]:
    """Return the first funding of every project of a call of which a source states it."""
    first = [row for row in asked.tables.rows("funding") if row["version"] == "1"]
    return [row for row in first if every_project(asked.tables)[row["project_id"]]["call_id"] == call]


def _needs(asked: Question, rule: Row) -> dict[str, Row]:
    """Return the population that counts for each project of a call of which no source states the funding."""
    known = {row["project_id"] for row in asked.tables.rows("funding")}
    people = {
        row["territory"]: row for row in asked.tables.rows("population") if row["on_date"] == rule["reference_on"]
    }
    return {
        id: people[row["territory"]]
        for id, row in every_project(asked.tables).items()
        if row["call_id"] == rule["call_id"] and id not in known and row["territory"] in people
    }


def cents(amount: str) -> int:
    """Return an amount in whole cents."""
    return int(decimal(amount) * 100)
