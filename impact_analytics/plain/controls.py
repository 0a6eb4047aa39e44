"""Controls: desk reviews, checks on the spot, findings."""

from collections.abc import Iterator

from impact_analytics.plain.figures import Figure, Part, Question, different, part, total, twin
from impact_analytics.plain.projects import places


def reviews(asked: Question) -> Iterator[Part]:
    """Yield 1 for each desk review, under the sheet it is of, whatever its version."""
    sheets = {row["sheet_id"]: row for row in asked.tables.rows("sheet")}
    for row in asked.known("desk_review", "reviewed_on"):
        sheet = sheets[row["sheet_id"]]
        under = f"{sheet['project_id']}/{sheet['period_id']}"
        yield part(1, places(asked.tables)[sheet["project_id"]], row, sheet, under=under)


@twin
def desk_reviews(asked: Question) -> Figure:
    """Count the desk reviews."""
    return total(reviews(asked))


@twin
def sheets_reviewed(asked: Question) -> Figure:
    """Count the sheets with a desk review, each once."""
    return different(reviews(asked))


def checks(asked: Question, column: str = "", kind: str = "") -> Iterator[Part]:
    """Yield for each check on the spot an amount, or 1 where none is named; of one kind or of all."""
    for row in asked.known("on_the_spot_check", "done_on"):
        if kind in ("", row["kind"]):
            yield part(row.euro(column) if column else 1, places(asked.tables)[row["project_id"]], row, column=column)


@twin
def checks_financial(asked: Question) -> Figure:
    """Count the financial checks."""
    return total(checks(asked, kind="financial"))


@twin
def checks_operational(asked: Question) -> Figure:
    """Count the operational checks."""
    return total(checks(asked, kind="operational"))


@twin
def controlled(asked: Question) -> Figure:
    """Add the EU contribution that was checked."""
    return total(checks(asked, "controlled_eu_eur"))


@twin
def in_error(asked: Question) -> Figure:
    """Add the EU contribution that was found in error."""
    return total(checks(asked, "error_eu_eur"))


@twin
def findings_open(asked: Question) -> Figure:
    """Count the findings that were not closed by the day."""

    def parts() -> Iterator[Part]:
        for row in asked.known("finding", "found_on"):
            closed = row["closed_on"] is not None and row["closed_on"] <= asked.as_of
            yield part(int(not closed), places(asked.tables)[row["project_id"]], row)

    return total(parts())
