"""Sheets about single persons are recognised and refused, and nothing of them is repeated."""

from io import BytesIO

import openpyxl
import pytest

from impact_analytics import sheets
from impact_analytics.i18n import LANGUAGES
from impact_analytics.queries import forms
from impact_analytics.settings import ROOT
from impact_analytics.sheets import persons
from tests.sheets.workbooks import NAME, said

# Made-up persons; the last letter of the codes is the right one.
CODES = ["RSSMRA80A01H501U", "VRDLGU75B12F205B"]
HEADS = [
    ["Cognome", "Nome", "Data di nascita", "Permesso di soggiorno"],
    ["N.", "COGNOME E NOME", "Codice Fiscale del destinatario"],
    ["Surname", "First name", "Date of birth", "Nationality"],
    ["id", "Luogo di nascita:", "Sesso", "Cittadinanza"],
    ["Nominativo", "Telefono"],
    ["family name", "x", "tax code"],
    ["n. permesso", "Last Name"],
]
VALUES = ["Bianchi", "Fatoumata", "1999-01-31", "AX1234567"]


def workbook(rows, sheet="Elenco"):
    book = openpyxl.Workbook()
    book.create_sheet(sheet)
    for row in rows:
        book[sheet].append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def expect_refused(problem, values=VALUES):
    assert problem.severity == "error"
    for lang in LANGUAGES:
        sentence = problem.sentence(lang)
        assert {"it": "singole persone", "en": "single persons"}[lang] in sentence
        assert not [value for value in values if value in sentence]
    assert (problem.value, problem.sheet, problem.cell) == (None, "", "")
    assert not [value for value in values if value in repr(problem)]


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head[1])
def test_headings_of_persons_are_recognised(head):
    rows = [["Elenco dei destinatari"], [], head, VALUES[: len(head)]]
    read = sheets.read(NAME, workbook(rows, "Fatoumata"))
    assert len(read.problems) == 1
    expect_refused(read.problems[0])
    assert (read.answers, read.header) == ({}, {})
    text = "\n".join(";".join(row) for row in rows)
    expect_refused(persons.in_text("elenco.csv", text))
    expect_refused(persons.in_header("elenco.parquet", head))


def test_tax_codes_are_recognised_under_any_heading():
    assert all(map(persons.is_tax_code, CODES))
    for rows in ([[CODES[0]]], [["a", f"cf {CODES[1].lower()}; altro"]], [["RSSMRA80A01H501A"], ["VRDLGU75B12F205A"]]):
        expect_refused(sheets.read(NAME, workbook(rows)).problems[0], CODES)
        expect_refused(persons.in_text("a.csv", "\n".join(",".join(row) for row in rows)), CODES)


def test_a_tax_code_is_found_far_down_in_a_large_text():
    text = "a,b\n" + "x,1\n" * 400_000
    assert persons.in_text("a.csv", text) is None
    expect_refused(persons.in_text("a.csv", f"{text}y,{CODES[0].lower()}\n{text}"), CODES)


def test_persons_pasted_into_a_sheet_are_refused_as_such(workbook_of_form):
    workbook_of_form.put("Cause", "D7", f"Manca il permesso di {CODES[0]}")
    read = workbook_of_form.read()
    assert len(read.problems) == 1
    expect_refused(read.problems[0], CODES)
    assert read.answers == {}


@pytest.fixture
def workbook_of_form(filled_file):
    from tests.sheets.workbooks import opened  # noqa: PLC0415

    return opened(filled_file)


def test_what_only_looks_alike_passes():
    for row in (
        ["Nome", "Importo"],
        ["Titolo", "CUP"],
        ["RSSMRA80A01H501A", "ESEMPIO00000001"],
        ["citizenship", "value"],
    ):
        read = sheets.read(NAME, workbook([row]))
        assert "singole persone" not in said(read)[0][2]
        assert persons.in_text("a.csv", ",".join(row)) is None


@pytest.mark.parametrize(
    "path", sorted((ROOT / "data").glob("*/*.csv")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_no_table_of_the_programmes_is_taken_for_one_of_persons(path):
    content = path.read_text(encoding="utf-8-sig")
    assert persons.in_text(path.name, content) is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_form_is_taken_for_one_of_persons(invented, lang):
    for project in forms.projects_of(invented, "2022-Q4"):
        read = sheets.read(NAME, sheets.write(forms.form(invented, project, "2022-Q4"), lang))
        assert read.project_id == project
