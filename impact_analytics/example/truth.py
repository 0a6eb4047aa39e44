"""What really happened in each quarter, before anybody reported it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from impact_analytics.example.amounts import ZERO, cents, share, total
from impact_analytics.example.days import AS_OF, REPORTED, quarter, quarter_index
from impact_analytics.example.frame import INDICATORS
from impact_analytics.example.plans import CELLS, Cell
from impact_analytics.example.rows import Row
from impact_analytics.example.story import CORRECTED_QUARTER, HORIZON, LINES, Member, course, gaps

PACE_OF_CATEGORY = {"equipment": 0.75, "services": 1.2, "participants": 1.1}  # powers: below one is early
INVOICES = 14  # contracts are paid in so many lumps
TENDERS = 6  # and committed in so many
OVERSPENT: Cell = ("02", "services")
OVERSPENDING = 1.14


@dataclass(frozen=True)
class Truth:
    """A project quarter by quarter: work done by line, money by cell, indicators, days without a term."""

    first: int
    last: int  # the last quarter it has to report
    work: Mapping[str, Sequence[float]]
    incurred: Mapping[Cell, Sequence[Decimal]]
    committed: Mapping[Cell, Sequence[Decimal]]
    physical: Mapping[str, Sequence[int]]
    idle: Mapping[int, float]

    def spent(self, index: int) -> Decimal:
        """Return the expenditure of the whole project up to the end of a quarter."""
        return total([amounts[index] for amounts in self.incurred.values()])


def truth(
    rng: Random,
    member: Member,
    project: Row,
    terms: Sequence[Row],
    *,
    budget: Sequence[Row],
    targets: Mapping[str, int],
) -> Truth:
    """Live through a project."""
    span = (project["started_on"], project["withdrawn_on"] or project["ended_on"] or quarter(HORIZON - 1).ends_on)
    idle = gaps(terms)
    work = {line: course(rng, member, line, span, idle) for line in LINES}
    budgets = {index: in_force(budget, quarter(index).ends_on) for index in range(HORIZON)}
    incurred = corrected(member, {cell: expenditure(member, cell, budgets[HORIZON - 1][cell], work) for cell in CELLS})
    return Truth(
        quarter_index(project["started_on"]),
        last_reported(project),
        work,
        incurred,
        {cell: commitments(cell, budgets, incurred[cell], work) for cell in CELLS},
        {name: achievements(rng, member, line, targets[name], work) for name, line, *_ in INDICATORS},
        idle,
    )


def last_reported(project: Row) -> int:
    """Return the last quarter to report: the last full one before a withdrawal, that of the end, or the newest."""
    if project["withdrawn_on"]:
        return quarter_index(project["withdrawn_on"]) - 1
    return min(quarter_index(project["ended_on"] or AS_OF), REPORTED - 1)


def in_force(budget: Sequence[Row], day: date) -> dict[Cell, Decimal]:
    """Return the newest budget known on a day, or the first one before any was."""
    versions = {row["version"] for row in budget if row["known_from"] <= day}
    newest = max(versions, default=1)
    return {(row["action_line"], row["cost_category"]): row["amount_eur"] for row in budget if row["version"] == newest}


def expenditure(member: Member, cell: Cell, budget: Decimal, work: Mapping[str, Sequence[float]]) -> list[Decimal]:
    """Return a cell's cumulative expenditure: contracts are invoiced in lumps, equipment comes early."""
    line, category = cell
    parts = [value ** PACE_OF_CATEGORY.get(category, 1.0) for value in work[line]]
    if category == "services":
        parts = [0.75 * math.floor(part * INVOICES) / INVOICES + 0.25 * part for part in parts]
    if member.temper.code == "overspent" and cell == OVERSPENT:
        parts = [part * OVERSPENDING / parts[REPORTED - 1] for part in parts]
    return [share(budget, part) for part in parts]


def corrected(member: Member, incurred: dict[Cell, list[Decimal]]) -> dict[Cell, list[Decimal]]:
    """Take back what one project had entered twice, more than the quarter adds."""
    if member.temper.code != "falling":
        return incurred
    before = total([amounts[CORRECTED_QUARTER - 1] for amounts in incurred.values()])
    growth = total([amounts[CORRECTED_QUARTER] for amounts in incurred.values()]) - before
    part = min(0.8, float(growth / before) + 0.07)
    return {
        cell: [
            amount if index < CORRECTED_QUARTER else amount - share(amounts[CORRECTED_QUARTER - 1], part)
            for index, amount in enumerate(amounts)
        ]
        for cell, amounts in incurred.items()
    }


def commitments(
    cell: Cell,
    budgets: Mapping[int, Mapping[Cell, Decimal]],
    incurred: Sequence[Decimal],
    work: Mapping[str, Sequence[float]],
) -> list[Decimal]:
    """Return a cell's cumulative commitments: contracts run two quarters ahead of spending, in lumps."""
    amounts = []
    for index in range(HORIZON):
        ahead = work[cell[0]][min(index + 2, HORIZON - 1)]
        step = min(1.0, math.ceil(ahead * TENDERS) / TENDERS) if ahead > 0.01 else 0.0
        amounts.append(max(incurred[index], cents(budgets[index][cell] * Decimal(str(round(step, 4)))), ZERO))
    return amounts


def achievements(
    rng: Random, member: Member, line: str | None, target: int, work: Mapping[str, Sequence[float]]
) -> list[int]:
    """Return an indicator's cumulative value: it follows the work of its line, or of all."""
    factor, power = rng.uniform(*member.temper.achieved), rng.uniform(0.85, 1.1)
    done = work[line] if line else [sum(values) / len(LINES) for values in zip(*work.values(), strict=True)]
    return [math.floor(target * factor * value**power) for value in done]
