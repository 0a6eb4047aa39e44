"""Controls: desk reviews, checks on the spot, findings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from impact_analytics.plain.figures import Figure, Part, Question, different, part, total, twin
from impact_analytics.plain.projects import every_project, known_projects, places, withdrawn
from impact_analytics.plain.rows import Row, Tables
from impact_analytics.plain.terms import decisions

YEAR_STARTS = (10, 16)  # month and day on which a financial year begins


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
def irregularities(asked: Question) -> Figure:
    """Count the findings that are irregularities."""
    every = asked.known("finding", "found_on")
    return total(part(int(row.true("irregularity")), places(asked.tables)[row["project_id"]], row) for row in every)


@twin
def findings_open(asked: Question) -> Figure:
    """Count the findings that were not closed by the day."""

    def parts() -> Iterator[Part]:
        for row in asked.known("finding", "found_on"):
            closed = row["closed_on"] is not None and row["closed_on"] <= asked.as_of
            yield part(int(not closed), places(asked.tables)[row["project_id"]], row)

    return total(parts())


# ---------------------------------------------------------------- the two duties of checks on the spot


def ever_checked(tables: Tables) -> bool:
    """Say whether the programme records checks on the spot at all."""
    return bool(tables.rows("on_the_spot_check"))


def in_accounts(asked: Question) -> Mapping[str, list[Row]]:
    """Return what the accounts known by the day hold of each project that some of them declare finalised."""
    of = {row["request_id"]: row["project_id"] for row in asked.tables.rows("payment_request")}
    found: dict[str, list[Row]] = defaultdict(list)
    for row in asked.known("accounts_entry"):
        found[of[row["request_id"]]].append(row)
    return {id: rows for id, rows in found.items() if any(row.true("final") for row in rows)}


def added(rows: Iterable[Row], column: str) -> Decimal:
    """Add a column of rows."""
    return sum((row.euro(column) or Decimal(0) for row in rows), Decimal(0))


@twin
def finalised(asked: Question) -> Figure:
    """Add the EU contribution in the accounts of finalised projects."""

    def parts() -> Iterator[Part]:
        for id, rows in in_accounts(asked).items():
            project = every_project(asked.tables)[id]
            yield Part(added(rows, "eu_eur"), places(asked.tables)[id], (*rows, project), project.basis)

    return total(parts())


@twin
def finalised_controlled(asked: Question) -> Figure:
    """Add how much of it financial checks covered, of a project never more than all of it."""

    def parts() -> Iterator[Part]:
        for id, rows in in_accounts(asked).items():
            project = every_project(asked.tables)[id]
            done = [row for row in asked.known("on_the_spot_check", "done_on") if row["project_id"] == id]
            financial = [row for row in done if row["kind"] == "financial"]
            covered = min(added(financial, "controlled_eu_eur"), added(rows, "eu_eur"))
            amount = max(Decimal(0), covered) if ever_checked(asked.tables) else None
            yield Part(amount, places(asked.tables)[id], (*financial, *rows, project), project.basis)

    return total(parts())


def year_of(day: date) -> int:
    """Return the financial year of a day: from 16 October to 15 October, named by the year it ends in."""
    return day.year + (1 if (day.month, day.day) >= YEAR_STARTS else 0)


def under_way(asked: Question) -> Iterator[Row]:
    """Yield the projects under implementation in the day's financial year by the day."""
    first = date(year_of(asked.as_of) - 1, *YEAR_STARTS)
    for id, project in known_projects(asked).items():
        terms = decisions(asked, project)
        ended = project["ended_on"] if project["ended_on"] and project["ended_on"] <= asked.as_of else None
        left = project["withdrawn_on"] if withdrawn(asked.tables, id, asked.as_of) else None
        last = left or ended or (terms[-1][2] if terms else asked.as_of)
        if (project["started_on"] or project["known_from"]) <= asked.as_of and first <= last:
            yield project


@twin
def projects_under_way(asked: Question) -> Figure:
    """Count the projects under implementation in the day's financial year."""
    return total(part(1, places(asked.tables)[row["project_id"]], row) for row in under_way(asked))


@twin
def projects_checked(asked: Question) -> Figure:
    """Count those of them with an operational check of that year."""

    def parts() -> Iterator[Part]:
        year = str(year_of(asked.as_of))
        for project in under_way(asked):
            wanted = (project["project_id"], "operational", year)
            known = asked.known("on_the_spot_check", "done_on")
            done = [row for row in known if (row["project_id"], row["kind"], row["financial_year"]) == wanted]
            amount = int(bool(done)) if ever_checked(asked.tables) else None
            yield Part(amount, places(asked.tables)[project["project_id"]], (*done, project), project.basis)

    return total(parts())
