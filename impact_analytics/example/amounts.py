"""Amounts to the cent."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(value: float | Decimal) -> Decimal:
    """Round to the cent."""
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


def share(amount: Decimal, part: float) -> Decimal:
    """Return a part of an amount, to the cent."""
    return cents(amount * Decimal(str(round(part, 6))))


def split(total: Decimal, weights: Sequence[float]) -> list[Decimal]:
    """Split a total by weights so that the parts add up to it; the largest remainders take the odd cents."""
    whole = int(total / CENT)
    exact = [whole * weight / sum(weights) for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: whole - sum(parts)]:
        parts[i] += 1
    return [part * CENT for part in parts]


def total(amounts: Sequence[Decimal]) -> Decimal:
    """Add amounts up, zero when there are none."""
    return sum(amounts, ZERO)
