"""A workbook to be filled in: opened with openpyxl, which knows nothing of the writer."""

import zipfile
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from impact_analytics import sheets
from impact_analytics.formats import UNITS
from impact_analytics.i18n import LANGUAGES, leaves, text, texts
from impact_analytics.queries import forms
from impact_analytics.sheets.form import HEADING_ROW, IDS, LISTS, SECTIONS, Row, title, vocabulary
from tests.sheets.workbooks import all_cells, opened

HIDDEN = {IDS: "veryHidden", LISTS: "hidden"}


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def empty(invented):
    """A form to be filled in."""
    return forms.form(invented, "e1-T02", "2024-Q4")


@pytest.fixture(scope="module")
def book(empty, lang):
    return opened(sheets.write(empty, lang)).book


def test_worksheets_are_named_in_the_language_and_ids_are_hidden(book, lang):
    assert book.sheetnames == [title(id, lang) for id in ("general", "instructions", *SECTIONS)] + [LISTS, IDS]
    assert {name: book[name].sheet_state for name in HIDDEN} == HIDDEN
    assert {sheet.sheet_state for sheet in book.worksheets if sheet.title not in HIDDEN} == {"visible"}
    assert book.active.title == title("general", lang)


def test_cells_to_fill_in_are_open_and_coloured_and_all_others_are_protected(empty, book, lang):
    asked = {(sheet, row + 1, column + 1) for sheet, row, column, _ in all_cells(empty, lang)}
    general = title("general", lang)
    asked |= {(general, row, 2) for row in (20, 21, 22)}
    for sheet in book.worksheets:
        if sheet.title in HIDDEN:
            continue
        assert sheet.protection.sheet
        assert sheet.protection.password in (None, "")
        open_cells = {
            (sheet.title, cell.row, cell.column)
            for row in sheet.iter_rows()
            for cell in row
            if not cell.protection.locked
        }
        legend = {at for at in open_cells if sheet.cell(*at[1:]).value == texts("sheets", lang)["input"]}
        assert open_cells - legend == {at for at in asked if at[0] == sheet.title}
        colours = {sheet.cell(*at[1:]).fill.fgColor.rgb for at in open_cells}
        assert len(colours) <= 1
        closed = {cell.fill.fgColor.rgb for row in sheet.iter_rows() for cell in row if cell.protection.locked}
        assert not colours & closed


def test_lists_dates_and_numbers_are_validated(empty, book, lang):
    for sheet, row, column, known in all_cells(empty, lang):
        address = book[sheet].cell(row + 1, column + 1).coordinate
        rules = [rule for rule in book[sheet].data_validations.dataValidation if address in rule.sqref]
        wanted = {"choice": "list", "date": "date", "eur": "decimal", "count": "whole"}.get(known.kind)
        assert [rule.type for rule in rules] == ([wanted] if wanted else [])
        for rule in rules:
            assert 0 < len(rule.error) <= 255
            if wanted == "list":
                assert drawn(book, rule.formula1) == [option.names[lang] for option in empty.options(known.options)]


def drawn(book, formula):
    """The words of a drop-down list, from the range it is drawn from."""
    sheet, _, area = formula.partition("!")
    return [cell.value for row in book[sheet][area.replace("$", "")] for cell in row]


def test_numbers_and_days_are_native_with_their_format(book, lang):
    money = book[title("financial", lang)]
    formats = {money.cell(7, column).number_format for column in (3, 4, 5, 6, 7)}
    assert formats == {UNITS["eur"].excel}
    assert isinstance(money["C7"].value, float)
    schedule = book[title("procedural", lang)]
    assert schedule["E7"].is_date
    assert {schedule[f"{letter}7"].number_format for letter in "EFGHI"} == {UNITS["date"].excel}


def test_headings_stay_in_sight_and_on_every_printed_page(book, lang):
    for section in SECTIONS.values():
        sheet = book[title(section.id, lang)]
        assert int(sheet.freeze_panes.lstrip("ABCDEFG")) == HEADING_ROW + 2
        assert sheet.print_title_rows == f"${HEADING_ROW + 1}:${HEADING_ROW + 1}"
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_an_example_says_so_on_every_worksheet_and_a_real_form_nowhere(empty, lang):
    mark = text("app", "example_band", lang)
    for example in (True, False):
        book = opened(sheets.write(replace(empty, example=example), lang)).book
        shown = [sheet for sheet in book.worksheets if sheet.title not in HIDDEN]
        assert [sheet["A3"].value == mark for sheet in shown] == [example] * len(shown)
        assert all((mark in (sheet.oddFooter.center.text or "")) == example for sheet in shown)


def test_previous_values_are_those_of_the_sheet_before(invented, lang):
    before = forms.form(invented, "e1-T02", "2022-Q4", 2)
    book = opened(sheets.write(forms.form(invented, "e1-T02", "2023-Q1"), lang)).book
    known = [row.cells for row in before.known(SECTIONS["financial"])]
    money = book[title("financial", lang)]
    assert [f"{money.cell(row, 5).value:.2f}" for row in range(7, 7 + len(known))] == [
        row["incurred_eur"] for row in known
    ]
    assert {money.cell(row, column).value for row in range(7, 7 + len(known)) for column in (6, 7)} == {None}
    numbers = book[title("physical", lang)]
    shown = [str(numbers.cell(row, 5).value) for row in range(7, 7 + 12)]
    assert shown == [row.cells["value"] for row in before.known(SECTIONS["physical"])]


def test_a_quarter_is_one_archive_with_a_workbook_a_project(invented):
    period = forms.periods_of(invented)[-1]
    projects = forms.projects_of(invented, period)
    content = sheets.zipped([forms.form(invented, project, period) for project in projects[:3]], "it")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == [f"ESEMPIO_scheda_{project}_{period}.xlsx" for project in projects[:3]]
        read = [sheets.read(name, archive.read(name)) for name in archive.namelist()]
    assert [(found.project_id, found.period_id) for found in read] == [(project, period) for project in projects[:3]]


def test_text_is_never_a_formula(filled):
    rows = [
        Row((), {"sentence": said}) for said in ("=1+1", "+39 06", "-5", "@SUM(A1)", "{=A1}", "https://example.org")
    ]
    content = sheets.write(replace(filled, rows={**filled.rows, "causes": tuple(rows)}), "it")
    page = opened(content).book["Cause"]
    assert [(page[f"D{row}"].data_type, page[f"D{row}"].value) for row in range(7, 13)] == [
        ("s", row.cells["sentence"]) for row in rows
    ]
    assert not any(cell.hyperlink for row in page.iter_rows() for cell in row)


def test_more_new_rows_than_there_is_room_for_are_not_dropped(filled):
    rows = tuple(Row((), {"sentence": str(number)}) for number in range(21))
    with pytest.raises(ValueError, match="21 new rows"):
        sheets.write(replace(filled, rows={"causes": rows}), "it")


def test_both_languages_say_the_same_things():
    it, en = (leaves(texts("sheets", lang)) for lang in LANGUAGES)
    assert set(it) == set(en)
    assert [key for key in it if it[key].count("{") != en[key].count("{")] == []
    for section in SECTIONS.values():
        for column in section.columns:
            assert f"headings.{section.id}.{column.name}" in it
    assert all(len(name) <= 31 for lang in LANGUAGES for name in texts("sheets", lang)["titles"].values())


def test_the_words_of_closed_lists_are_told_apart():
    for name in texts("sheets", "it")["lists"]:
        for lang in LANGUAGES:
            words = [option.names[lang].casefold() for option in vocabulary(name)]
            assert len(set(words)) == len(words)


def test_openpyxl_finds_no_fault(empty):
    openpyxl.load_workbook(BytesIO(sheets.write(empty, "it")), keep_links=False)
