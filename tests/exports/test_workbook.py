"""A workbook holds what the frame holds: read back with two readers that know nothing of the writer."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
import python_calamine

from impact_analytics.exports import Field, Sheet, workbook
from impact_analytics.exports.workbook import native
from impact_analytics.formats import UNITS

MARK = "ESEMPIO, valori inventati"
NOTES = [("Titolo", "=SUM(A1:A9)"), ("Fonti", "Una fonte"), ("", "https://example.org")]
FIELDS = (
    Field("name", "Nome"),
    Field("amount", "Importo", "eur"),
    Field("share", "Quota", "share"),
    Field("gap", "Scostamento", "points"),
    Field("count", "Numero", "count"),
    Field("on", "Data", "date", "precision"),
)
ROWS = pd.DataFrame(
    [
        ("Perché no?", Decimal("1234567.89"), 0.105, -0.032, 12, date(2021, 3, 4), "day"),
        ("=1+1", Decimal("-0.01"), Decimal(1), Decimal("0.5"), 0, date(2018, 9, 30), "month"),
        ("https://example.org", None, None, None, None, None, None),
        ("+39 06", Decimal(0), 0.0, 0.0, 1_000_000, date(2018, 12, 31), "year"),
        ("{=A1}", Decimal("9999999999999.99"), 1.2345, 0.001, 1, date(1999, 1, 1), None),
        ("0012", Decimal(10), 0.3, 0.2, 3, date(2024, 2, 29), "day"),
        ("a\nb <&> \x01", Decimal("10.50"), 0.3, 0.2, 3, date(2024, 2, 29), "day"),
        (None, None, 0.5, None, 3, None, None),
    ],
    columns=["name", "amount", "share", "gap", "count", "on", "precision"],
    dtype=object,
)


def written(mark=""):
    return workbook([Sheet("Elenco: progetti/2", ROWS, FIELDS)], NOTES, notes_name="Note", mark=mark)


def opened(mark=""):
    return openpyxl.load_workbook(BytesIO(written(mark)))


def expected():
    return [[native(row[field.name], field.unit) for field in FIELDS] for row in ROWS.to_dict("records")]


def as_day(value):
    return value.date() if hasattr(value, "date") else value


@pytest.mark.parametrize("mark", ["", MARK])
def test_openpyxl_reads_every_value_of_the_frame(mark):
    sheet = opened(mark).worksheets[0]
    top = 2 if mark else 1
    found = [[as_day(cell) for cell in row] for row in sheet.iter_rows(min_row=top + 1, values_only=True)]
    assert [cell.value for cell in sheet[top]] == [field.heading for field in FIELDS]
    assert found == expected()


@pytest.mark.parametrize("mark", ["", MARK])
def test_calamine_reads_every_value_of_the_frame(mark):
    sheet = python_calamine.load_workbook(BytesIO(written(mark))).get_sheet_by_index(0)
    _, *found = sheet.to_python()[1 if mark else 0 :]
    blank = [["" if value is None else value for value in row] for row in expected()]
    assert [[as_day(cell) for cell in row] for row in found] == blank


def test_numbers_and_days_are_native_and_carry_the_format_of_their_unit():
    sheet = opened().worksheets[0]
    first = {field.name: sheet.cell(2, column) for column, field in enumerate(FIELDS, 1)}
    assert {name: cell.data_type for name, cell in first.items()} == {
        "name": "s", "amount": "n", "share": "n", "gap": "n", "count": "n", "on": "d",
    }  # fmt: skip
    for field in FIELDS[1:]:
        assert first[field.name].number_format == UNITS[field.unit].excel
    assert first["gap"].value == pytest.approx(-3.2)


def test_a_day_is_shown_as_far_as_it_is_known():
    column = len(FIELDS)
    sheet = opened().worksheets[0]
    assert [sheet.cell(row, column).number_format for row in (2, 3, 5)] == ["dd/mm/yyyy", "mm/yyyy", "yyyy"]


def test_no_text_becomes_a_formula_or_a_link():
    book = opened(MARK)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in cells)
    assert book.worksheets[0]["A4"].value == "=1+1"


def test_control_characters_are_left_out():
    assert native("a\x01\x1fb\nc", "") == "ab\nc"


@pytest.mark.parametrize(("mark", "top"), [("", 1), (MARK, 2)])
def test_the_header_is_frozen_and_filtered(mark, top):
    sheet = opened(mark).worksheets[0]
    assert sheet.freeze_panes == f"B{top + 1}"
    assert sheet.auto_filter.ref == f"A{top}:F{top + len(ROWS)}"
    assert all(10 <= sheet.column_dimensions[letter].width <= 61 for letter in "ABCDEF")


def test_the_mark_stands_coloured_on_top_of_every_sheet():
    for sheet in opened(MARK).worksheets:
        assert sheet["A1"].value == MARK
        assert sheet["A1"].fill.fgColor.rgb not in ("00000000", None)
    assert opened().worksheets[0]["A1"].value == "Nome"


def test_the_notes_are_the_last_sheet():
    book = opened()
    assert book.sheetnames == ["Elenco  progetti 2", "Note"]
    found = [tuple(cell or "" for cell in row) for row in book["Note"].iter_rows(values_only=True)]
    assert found == NOTES


def test_a_frame_without_rows_keeps_its_header():
    book = openpyxl.load_workbook(BytesIO(workbook([Sheet("A", ROWS[:0], FIELDS)], [], notes_name="B", mark=MARK)))
    assert [cell.value for cell in book["A"][2]] == [field.heading for field in FIELDS]
    assert book["A"].max_row == 2
