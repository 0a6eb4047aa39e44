"""Context: the newest count of each territory's population."""

from collections.abc import Iterator

from impact_analytics.plain.figures import Figure, Part, Question, part, total, twin


def newest_counts(asked: Question, column: str) -> Iterator[Part]:
    """Yield a number of the newest reference day of each territory by the day."""
    areas = {row["territory"]: row["macro_area"] for row in asked.tables.rows("territory")}
    counted = sorted(asked.known("population", "on_date"), key=lambda row: row["on_date"])
    newest = {row["territory"]: row for row in counted}
    for territory, row in newest.items():
        yield part(row.number(column), {"territory": territory, "macro_area": areas[territory]}, row, column=column)


@twin
def third_country_nationals(asked: Question) -> Figure:
    """Add the valid residence permits."""
    return total(newest_counts(asked, "third_country_nationals"))


@twin
def foreign_residents(asked: Question) -> Figure:
    """Add the foreign residents."""
    return total(newest_counts(asked, "foreign_residents"))


@twin
def residents(asked: Question) -> Figure:
    """Add the residents."""
    return total(newest_counts(asked, "residents"))
