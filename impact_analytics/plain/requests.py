"""Payment requests: expenditure step by step through them, and who holds them on a day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from impact_analytics.plain.figures import Figure, Part, Question, different, largest, part, total, twin
from impact_analytics.plain.projects import places
from impact_analytics.plain.rows import Row, Tables, remembered


def decided(asked: Question) -> list[Row]:
    """Return the requests decided by the day."""
    return asked.known("payment_request", "decided_on")


def stated(asked: Question, on: str, column: str) -> Iterator[Part]:
    """Yield an amount of the requests that had come to a step by the day."""
    for row in asked.known("payment_request", on):
        yield part(row.euro(column), places(asked.tables)[row["project_id"]], row, column=column)


@twin
def declared(asked: Question) -> Figure:
    """Add what the requests submitted declare."""
    return total(stated(asked, "submitted_on", "declared_eur"))


@twin
def requests_submitted(asked: Question) -> Figure:
    """Count the requests submitted."""
    every = asked.known("payment_request", "submitted_on")
    return total(part(1, places(asked.tables)[row["project_id"]], row) for row in every)


@twin
def requests_verified(asked: Question) -> Figure:
    """Count the requests with an administrative verification, each once."""

    def parts() -> Iterator[Part]:
        of = {row["request_id"]: row for row in asked.tables.rows("payment_request")}
        for row in asked.known("verification", "verified_on"):
            request = of[row["request_id"]]
            yield part(1, places(asked.tables)[request["project_id"]], row, request, under=row["request_id"])

    return different(parts())


@twin
def verified(asked: Question) -> Figure:
    """Add what the auditor had verified."""
    return total(stated(asked, "verified_on", "verified_eur"))


@twin
def examined(asked: Question) -> Figure:
    """Add what the requests decided had declared."""
    return total(stated(asked, "decided_on", "declared_eur"))


@twin
def eligible(asked: Question) -> Figure:
    """Add what was found eligible."""
    return total(stated(asked, "decided_on", "eligible_eur"))


@twin
def cut(asked: Question) -> Figure:
    """Add what was declared and not found eligible."""

    def parts() -> Iterator[Part]:
        for row in decided(asked):
            declared, eligible = row.euro("declared_eur"), row.euro("eligible_eur")
            amount = None if declared is None or eligible is None else declared - eligible
            yield part(amount, places(asked.tables)[row["project_id"]], row, column="eligible_eur")

    return total(parts())


@twin
def in_accounts(asked: Question) -> Figure:
    """Add the EU share that stood in the Fund's annual accounts."""
    requests = {row["request_id"]: row for row in asked.tables.rows("payment_request")}

    def parts() -> Iterator[Part]:
        for row in asked.known("accounts_entry"):
            request = requests[row["request_id"]]
            yield part(row.euro("eu_eur"), places(asked.tables)[request["project_id"]], row, request, column="eu_eur")

    return total(parts())


# ---------------------------------------------------------------- who holds them


@remembered
def held(tables: Tables, day: date) -> Mapping[str, Row]:
    """Return the newest step of every request by a day."""
    steps: dict[str, list[Row]] = defaultdict(list)
    for row in tables.known("request_step", day, "on_date"):
        steps[row["request_id"]].append(row)
    return {id: max(rows, key=lambda row: int(row["position"])) for id, rows in steps.items()}


def requests(asked: Question) -> Iterator[tuple[Row, Row | None, bool]]:
    """Yield every request submitted by the day, its newest step where one was written down, and whether it is open."""
    steps = held(asked.tables, asked.as_of)
    for row in asked.known("payment_request", "submitted_on"):
        closed = row["decided_on"] is not None and row["decided_on"] <= asked.as_of
        yield row, steps.get(row["request_id"]), not closed


def open_ones(asked: Question, holder: str = "") -> Iterator[Part]:
    """Yield 1 for each request that is open, and with a holder where one is meant; 0 for the others."""
    for row, step, is_open in requests(asked):
        counts = is_open and holder in ("", step["holder"] if step else "nobody")
        yield part(int(counts), places(asked.tables)[row["project_id"]], *((row, step) if step else (row,)))


@twin
def requests_open(asked: Question) -> Figure:
    """Count the requests not yet decided."""
    return total(open_ones(asked))


@twin
def requests_authority(asked: Question) -> Figure:
    """Count those that the authority holds."""
    return total(open_ones(asked, "authority"))


@twin
def requests_beneficiary(asked: Question) -> Figure:
    """Count those that the beneficiary holds."""
    return total(open_ones(asked, "beneficiary"))


@twin
def requests_auditor(asked: Question) -> Figure:
    """Count those that the auditor holds."""
    return total(open_ones(asked, "auditor"))


@twin
def oldest_request(asked: Question) -> Figure:
    """Take the most days since an open request was submitted."""

    def parts() -> Iterator[Part]:
        for row, step, is_open in requests(asked):
            days = (asked.as_of - row["submitted_on"]).days if is_open else None
            rows = (row, step) if step else (row,)
            yield part(days, places(asked.tables)[row["project_id"]], *rows, column="submitted_on")

    return largest(parts())
