"""Cash: what was paid, what was asked back, what came back, and the advance that no eligible expenditure covers."""

from collections.abc import Iterator

from impact_analytics.plain.figures import Figure, Part, Question, above_zero, part, total, twin
from impact_analytics.plain.projects import places
from impact_analytics.plain.requests import decided
from impact_analytics.plain.rows import Row


def payments(asked: Question, kind: str = "") -> Iterator[Part]:
    """Yield the payments known by the day, of one kind or of all."""
    for row in asked.known("payment"):
        if kind in ("", row["kind"]):
            at, column = places(asked.tables)[row["project_id"]], "amount_eur"
            yield part(row.euro(column), at, row, column=column)


def came_back(asked: Question) -> list[Row]:
    """Return the recoveries that had been received by the day."""
    return [row for row in asked.known("recovery") if row["received_on"] and row["received_on"] <= asked.as_of]


def recoveries(asked: Question, rows: list[Row], column: str, sign: int = 1) -> Iterator[Part]:
    """Yield an amount of recoveries with its sign."""
    for row in rows:
        amount = row.euro(column)
        signed = None if amount is None else sign * amount
        yield part(signed, places(asked.tables)[row["project_id"]], row, column=column)


@twin
def paid(asked: Question) -> Figure:
    """Add every payment."""
    return total(payments(asked))


@twin
def paid_advance(asked: Question) -> Figure:
    """Add the advances."""
    return total(payments(asked, "advance"))


@twin
def paid_interim(asked: Question) -> Figure:
    """Add the interim payments."""
    return total(payments(asked, "interim"))


@twin
def paid_balance(asked: Question) -> Figure:
    """Add the balances."""
    return total(payments(asked, "balance"))


@twin
def recovery_ordered(asked: Question) -> Figure:
    """Add what was ordered back."""
    return total(recoveries(asked, asked.known("recovery"), "ordered_eur"))


@twin
def recovered(asked: Question) -> Figure:
    """Add what came back."""
    return total(recoveries(asked, came_back(asked), "received_eur"))


@twin
def recovery_open(asked: Question) -> Figure:
    """Add what was ordered back, and take away what came back."""

    def parts() -> Iterator[Part]:
        yield from recoveries(asked, asked.known("recovery"), "ordered_eur")
        yield from recoveries(asked, came_back(asked), "received_eur", -1)

    return total(parts())


@twin
def uncovered_advance(asked: Question) -> Figure:
    """Add for each project what was paid, less what came back and what was eligible, where that is above zero."""

    def parts() -> Iterator[Part]:
        yield from payments(asked)
        yield from recoveries(asked, came_back(asked), "received_eur", -1)
        for row in decided(asked):
            at, column = places(asked.tables)[row["project_id"]], "eligible_eur"
            eligible = row.euro(column)
            yield part(None if eligible is None else -eligible, at, row, column=column)

    return above_zero(parts())
