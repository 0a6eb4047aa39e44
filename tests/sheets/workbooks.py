"""Ways to look into a workbook, and to change its cells as another program would."""

import zipfile
from dataclasses import dataclass
from io import BytesIO

import openpyxl

from impact_analytics import sheets
from impact_analytics.sheets.form import SECTIONS, Section, title
from impact_analytics.store import cursor

NAME = "scheda.xlsx"


@dataclass(frozen=True)
class Workbook:
    """A workbook whose cells a test may change; saved by openpyxl, read by us."""

    book: openpyxl.Workbook

    def put(self, sheet, cell, value, number_format=None):
        found = self.book[sheet][cell]
        found.value = value
        if number_format:
            found.number_format = number_format
        return self

    def saved(self):
        file = BytesIO()
        self.book.save(file)
        return file.getvalue()

    def read(self):
        return sheets.read(NAME, self.saved())


def members(content):
    """The parts of a workbook."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed(parts):
    """A workbook of parts."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def opened(content):
    return Workbook(openpyxl.load_workbook(BytesIO(content)))


def versions(snapshot):
    """Every version of every sheet: project, period, version, received on, protocol."""
    return (
        cursor(snapshot)
        .execute(
            "SELECT project_id, period_id, version, received_on, coalesce(protocol, '') FROM sheet ORDER BY sheet_id"
        )
        .fetchall()
    )


def said(read, severity="error"):
    """Severity's problems as (worksheet, cell, rule's sentence)."""
    return [
        (problem.sheet, problem.cell, problem.sentence("it"))
        for problem in read.problems
        if problem.severity == severity
    ]


def rows(parts):
    """The rows of parts by table, as dictionaries."""
    return {part.table: [dict(zip(part.header, cells, strict=True)) for _, cells in part.rows] for part in parts}


def cells(section: Section, known: int, lang="it"):
    """Every cell that a person fills in: worksheet, row and column from 0, column."""
    for row in range(6, 6 + known + section.spare):
        for place, column in enumerate(section.columns):
            if column.taken(known=row < 6 + known):
                yield title(section.id, lang), row, place, column


def all_cells(form, lang="it"):
    return [cell for section in SECTIONS.values() for cell in cells(section, len(form.known(section)), lang)]
