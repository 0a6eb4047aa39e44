"""Sheets as a beneficiary would fill them in: the previous values again, where a test does not say otherwise."""

from io import BytesIO

import openpyxl

from impact_analytics import build
from impact_analytics.queries import forms
from impact_analytics.sheets import write
from impact_analytics.sheets.form import SECTIONS, title

TABLES = ("sheet", "sheet_financial", "sheet_physical", "sheet_procedural", "sheet_cause", "sheet_network")
FIRST_ROW = 7


def without_period(folder, period):
    """Take the sheets of a period out of a folder, and whatever rests on them."""
    gone = {row["sheet_id"] for row in folder.rows("sheet") if row["period_id"] == period}
    reviews = {row["review_id"] for row in folder.rows("desk_review") if row["sheet_id"] in gone}
    for name in (*TABLES, "desk_review"):
        keep(folder, name, lambda row: row["sheet_id"] not in gone)
    keep(folder, "finding", lambda row: row["review_id"] not in reviews)


def keep(folder, name, wanted):
    rows = folder.rows(name)
    folder.write(name, [row for row in rows if wanted(row)], list(rows[0]) if rows else None)


def filled(folder, period, change=None):
    """Return a sheet of the folder's first project as a workbook, some of its cells changed by `change(book)`."""
    snapshot = build.build(folder.path)
    form = forms.form(snapshot, forms.projects_of(snapshot, period)[0], period)
    book = openpyxl.load_workbook(BytesIO(write(form, "it")))
    for id, cells in FILLED.items():
        for row in rows_of(book, id):
            for target, source in cells.items():
                cell(book, id, row, target).value = source(book, id, row) if callable(source) else source
    if change:
        change(book)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def before(column):
    return lambda book, id, row: cell(book, id, row, column).value or 0


FILLED = {
    "financial": {"committed_eur": before("previous_committed_eur"), "incurred_eur": before("previous_incurred_eur")},
    "physical": {"value": before("previous_value")},
    "network": {"active": "sì"},
    "procedural": {"state": "in corso"},
}


def cell(book, id, row, column):
    return book[title(id, "it")].cell(row, SECTIONS[id].place(column) + 1)


def rows_of(book, id):
    """Return the rows of a section that stand fast."""
    page = book[title(id, "it")]
    ids = [row for row in book["_ids"].iter_rows(values_only=True) if row[:2] == ("row", id)]
    return [int(row[2]) for row in ids if page]


def spend(amount):
    """Return a change: so much more spent in the first row of the financial part."""

    def change(book):
        target = cell(book, "financial", rows_of(book, "financial")[0], "incurred_eur")
        target.value = (target.value or 0) + amount

    return change
