"""What a person types into a sheet stays text all the way: into our tables, and out again into spreadsheets."""

import csv
import io
from datetime import date

import openpyxl
import pandas as pd
import pytest

from impact_analytics import sheets
from impact_analytics.exports import Field, Sheet, csv_file, workbook
from impact_analytics.queries import forms

TYPED = ['=HYPERLINK("http://example.org","x")', "+39 06 555", "-2+3", "@SUM(A1)", "=cmd|'/c calc'!A1", "  =1+1"]


@pytest.fixture(scope="module")
def sentences(invented):
    """Sentences of causes as typed into a workbook's cells, after they were read."""
    book = openpyxl.load_workbook(io.BytesIO(sheets.write(forms.form(invented, "e1-T02", "2022-Q4", 2), "it")))
    for row, typed in enumerate(TYPED, 7):
        book["Cause"][f"D{row}"].value = typed
        book["Cause"][f"D{row}"].data_type = "s"
    file = io.BytesIO()
    book.save(file)
    parts = sheets.read("scheda.xlsx", file.getvalue()).parts(3, date(2023, 3, 1))
    part = next(part for part in parts if part.table == "sheet_cause")
    return pd.DataFrame([cells for _, cells in part.rows], columns=list(part.header), dtype=object)


def test_what_looks_like_a_formula_is_read_as_it_was_typed(sentences):
    assert sentences["sentence"].tolist() == [typed.strip() for typed in TYPED]


def test_it_is_harmless_in_csv(sentences):
    lines = list(csv.DictReader(io.StringIO(csv_file(sentences).decode("utf-8-sig"))))
    assert [line["sentence"] for line in lines] == [f"'{typed.strip()}" for typed in TYPED]


def test_it_is_text_in_a_workbook(sentences):
    content = workbook([Sheet("Cause", sentences, (Field("sentence", "Causa"),))], [], notes_name="Note")
    page = openpyxl.load_workbook(io.BytesIO(content))["Cause"]
    cells = [page[f"A{row}"] for row in range(2, 2 + len(TYPED))]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", typed.strip()) for typed in TYPED]
    assert not any(cell.hyperlink for cell in cells)
