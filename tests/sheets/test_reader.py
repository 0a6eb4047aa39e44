"""A workbook that comes back: each thing wrong in it is named with its worksheet and cell, all at once."""

import random
import re
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact_analytics import sheets
from impact_analytics.i18n import LANGUAGES
from impact_analytics.problems import errors
from impact_analytics.sheets.form import FIRST_ROW, address
from impact_analytics.sheets.values import judged
from impact_analytics.sheets.writer import seal
from tests.sheets.workbooks import NAME, all_cells, members, opened, packed, rows, said

RECEIVED = date(2023, 2, 27)

# Worksheet, cell, what is typed: what the sentence about the cell holds.
WRONG = [
    ("Finanziaria", "F7", None, "vuota"),
    ("Finanziaria", "G9", None, "0 se non c'è nulla"),
    ("Finanziaria", "F7", "1.234", "due modi"),
    ("Finanziaria", "F7", "1,234", "due modi"),
    ("Finanziaria", "F7", 10.005, "due decimali"),
    ("Finanziaria", "F7", "0,125", "due decimali"),
    ("Finanziaria", "F7", -1, "negativo"),
    ("Finanziaria", "F7", "-12,50", "negativo"),
    ("Finanziaria", "F7", "circa mille", "non è un importo"),
    ("Finanziaria", "F7", True, "non è un importo"),
    ("Finanziaria", "F7", 1e300, "troppo grande"),
    ("Finanziaria", "F7", date(2021, 1, 1), "non è un importo"),
    ("Finanziaria", "F7", "#REF!", "#REF!"),
    ("Finanziaria", "F7", "=1+1", "senza valore calcolato"),
    ("Fisica", "F7", 1.5, "numero intero"),
    ("Fisica", "F7", "1.234", "due modi"),
    ("Fisica", "F8", "-3", "negativo"),
    ("Fisica", "F8", None, "vuota"),
    ("Procedurale", "D7", "In pausa", "Non avviato, In corso, Sospeso, Concluso"),
    ("Procedurale", "D7", None, "Scegliere"),
    ("Procedurale", "I7", "31/06/2023", "calendario"),
    ("Procedurale", "I7", "presto", "non è una data"),
    ("Procedurale", "I7", "01/01/1890", "1990"),
    ("Rete", "E7", "forse", "Sì, No"),
    ("Dati generali", "B20", "ieri", "non è una data"),
    ("Dati generali", "B22", "30/02/2023", "calendario"),
    ("Finanziaria", "F50", 12, "fuori"),
    ("Fisica", "K9", "nota", "fuori"),
    ("Finanziaria", "G6", "Spesa", "intestazione"),
    ("Dati generali", "A20", "Ricevuta il", "intestazione"),
    ("Finanziaria", "B9", "Altro", "eliminata, inserita o spostata"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "cell", "value", "words"), WRONG)
def test_what_is_wrong_is_named_with_its_cell(workbook, sheet, cell, value, words):
    if value == "#REF!":
        workbook.put(sheet, cell, value).book[sheet][cell].data_type = "e"
    read = workbook.put(sheet, cell, value).read()
    assert [(place, at) for place, at, _ in said(read)] == [(sheet, cell)]
    sentence = said(read)[0][2]
    assert words in sentence
    assert f"«{sheet}», cella {cell}" in sentence
    assert read.parts(3, RECEIVED) == ()


def test_a_number_without_the_format_of_a_day_is_no_day(workbook):
    found = said(workbook.put("Procedurale", "I7", 45000, "General").read())
    assert [(sheet, cell, "non è una data" in sentence) for sheet, cell, sentence in found] == [
        ("Procedurale", "I7", True)
    ]


@pytest.mark.parametrize("number", [-1e16, 1e12, 1e300, -5])
@pytest.mark.parametrize("number_format", ["dd/mm/yyyy", "[h]:mm", "[$-410]d mmm yyyy"])
def test_a_number_shown_as_a_day_that_is_none_is_named(workbook, number, number_format):
    found = said(workbook.put("Procedurale", "I7", number, number_format).read())
    assert [(sheet, cell, "calendario" in sentence) for sheet, cell, sentence in found] == [("Procedurale", "I7", True)]


def test_a_large_amount_in_a_currency_format_is_read(workbook):
    read = workbook.put("Finanziaria", "F7", 3_000_000.01, '#,##0.00 [$USD] "mld"').read()
    assert rows(read.parts(2, RECEIVED))["sheet_financial"][0]["committed_eur"] == "3000000.01"


def test_a_word_that_is_in_no_list_of_the_programme_is_named(workbook):
    found = said(workbook.put("Cause", "A7", "Azione 99").put("Cause", "D7", "Ecco.").read())
    assert [(sheet, cell, "Azione 01" in sentence) for sheet, cell, sentence in found] == [("Cause", "A7", True)]


def test_a_new_row_that_is_half_filled_in_is_named_cell_by_cell(workbook):
    workbook.put("Procedurale", "B14", "9.9 Nuovo").put("Cause", "B9", "Contesto").put(
        "Rimodulazioni", "C12", "9/9/2022"
    )
    found = [(sheet, cell) for sheet, cell, _ in said(workbook.read())]
    assert found == [
        ("Procedurale", "A14"),
        ("Procedurale", "D14"),
        ("Cause", "D9"),
        ("Rimodulazioni", "A12"),
        ("Rimodulazioni", "B12"),
    ]


def test_everything_wrong_is_said_at_once(workbook):
    for sheet, cell in (
        ("Finanziaria", "F7"),
        ("Finanziaria", "G8"),
        ("Fisica", "F9"),
        ("Rete", "E7"),
        ("Procedurale", "D8"),
    ):
        workbook.put(sheet, cell, "boh")
    found = {(sheet, cell) for sheet, cell, _ in said(workbook.read())}
    assert found == {
        ("Finanziaria", "F7"),
        ("Finanziaria", "G8"),
        ("Fisica", "F9"),
        ("Rete", "E7"),
        ("Procedurale", "D8"),
    }


READ_ANYWAY = [
    ("1.234,56", "1234.56"),
    ("1234.5", "1234.50"),
    ("1234,5 €", "1234.50"),
    ("1,234.56", "1234.56"),
    ("1.234.567", "1234567.00"),
    ("1 234,56", "1234.56"),
    ("1\u00a0234", "1234.00"),
    (" 12 ", "12.00"),
    ("0", "0.00"),
]


@pytest.mark.parametrize(("typed", "amount"), READ_ANYWAY)
def test_numbers_typed_as_text_are_read_where_they_can_be_read_in_one_way(workbook, typed, amount):
    read = workbook.put("Finanziaria", "F7", typed).read()
    assert not said(read)
    assert [(sheet, cell) for sheet, cell, _ in said(read, "notice")] == [("Finanziaria", "F7")]
    assert rows(read.parts(2, RECEIVED))["sheet_financial"][0]["committed_eur"] == amount


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (0.1 + 0.2, "0.30"),
        (1.1 * 3, "3.30"),
        (2.675, None),
        (9_999_999_999_999.99, "9999999999999.99"),
        (10_000_000_000_000, None),
        (0, "0.00"),
        (12, "12.00"),
        (-0.0, "0.00"),
        (1e-9, "0.00"),
        (123456789.1, "123456789.10"),
    ],
)
def test_amounts_are_exact_to_the_cent(written, amount):
    found, remark = judged(written, "eur")
    assert found == amount
    assert (remark is None) == (amount is not None)


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_every_amount_survives_a_float(amount):
    assert judged(float(amount), "eur") == (f"{amount:.2f}".removeprefix("-"), None)


def test_days_are_read_as_days_and_typed_ones_with_a_notice(workbook):
    workbook.put("Procedurale", "I7", "31/03/2024").put("Procedurale", "I8", "2023-9-30")
    workbook.put("Procedurale", "I9", datetime(2024, 2, 29, 10, 30), "dd/mm/yyyy hh:mm")  # noqa: DTZ001 - Excel knows no zones
    read = workbook.read()
    assert not said(read)
    assert [cell for _, cell, _ in said(read, "notice")] == ["I7", "I8"]
    found = [row["expected_end_on"] for row in rows(read.parts(2, RECEIVED))["sheet_procedural"][:3]]
    assert found == ["2024-03-31", "2023-09-30", "2024-02-29"]


def test_a_workbook_that_counts_days_from_1904_is_read_right(workbook):
    workbook.book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    workbook.put("Procedurale", "I7", date(2024, 3, 31), "dd/mm/yyyy")
    assert rows(workbook.read().parts(2, RECEIVED))["sheet_procedural"][0]["expected_end_on"] == "2024-03-31"


def test_a_late_end_without_explanation_is_a_warning(workbook):
    workbook.put("Procedurale", "F7", date(2023, 1, 31), "dd/mm/yyyy").put("Procedurale", "J7", None)
    found = said(workbook.read(), "warning")
    assert ("Procedurale", "J7") in [(sheet, cell) for sheet, cell, _ in found]
    explained = said(workbook.put("Procedurale", "J7", "Gara deserta").read(), "warning")
    assert ("Procedurale", "J7") not in [(sheet, cell) for sheet, cell, _ in explained]


def test_a_formula_is_never_worked_out_only_its_saved_value_is_read(filled):
    """XlsxWriter saves a value with a formula; here a wrong one, which would not survive a calculation."""
    import xlsxwriter  # noqa: PLC0415

    file = BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        original = xlsxwriter.worksheet.Worksheet.write_number

        def formula(page, row, column, *rest):
            if page.name == "Finanziaria" and (row, column) == (FIRST_ROW, 5):
                return page.write_formula(row, column, "=1+1", rest[1], 4321.09)
            return original(page, row, column, *rest)

        patch.setattr(xlsxwriter.worksheet.Worksheet, "write_number", formula)
        file.write(sheets.write(filled, "it"))
    read = sheets.read(NAME, file.getvalue())
    assert not said(read)
    assert [(sheet, cell) for sheet, cell, _ in said(read, "notice")] == [("Finanziaria", "F7")]
    assert rows(read.parts(2, RECEIVED))["sheet_financial"][0]["committed_eur"] == "4321.09"


# ---------------------------------------------------------------- structure


@pytest.mark.parametrize("sheet", ["Finanziaria", "Fisica", "Rete", "Procedurale"])
@pytest.mark.parametrize("change", ["delete_rows", "insert_rows"])
def test_a_row_deleted_or_added_is_named(workbook, sheet, change):
    getattr(workbook.book[sheet], change)(9)
    found = said(workbook.read())
    assert [(place, cell[1:]) for place, cell, _ in found] == [(sheet, "9")]
    assert "eliminata, inserita o spostata" in found[0][2]


def test_a_moved_column_is_named_and_nothing_of_it_read(workbook):
    workbook.book["Finanziaria"].insert_cols(3)
    read = workbook.read()
    assert {sheet for sheet, _, _ in said(read)} == {"Finanziaria"}
    assert read.parts(2, RECEIVED) == ()


def test_a_missing_or_renamed_worksheet_is_named(workbook):
    del workbook.book["Rete"]
    workbook.book["Fisica"].title = "Fisica 2"
    read = workbook.read()
    assert [("Rete" in sentence, "Fisica" in sentence) for _, _, sentence in said(read)] == [
        (True, False),
        (False, True),
    ]
    assert [sheet for sheet, _, _ in said(read, "warning")][-1:] == ["Fisica 2"]


BROKEN = {
    "no ids": (lambda book: book.remove(book["_ids"]), "non è una scheda prodotta"),
    "no lists": (lambda book: book.remove(book["_lists"]), "non è una scheda prodotta"),
    "version": (lambda book: book["_ids"].cell(2, 2, "0"), "versione 0"),
    "project": (lambda book: book["_ids"].cell(4, 2, "e1-T03"), "identificativi nascosti"),
    "row": (lambda book: book["_ids"].cell(12, 6, "altro"), "identificativi nascosti"),
    "row deleted": (lambda book: book["_ids"].delete_rows(14), "identificativi nascosti"),
    "code": (lambda book: book["_lists"].cell(2, 1, "99"), "identificativi nascosti"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_hidden_ids_are_guarded(workbook, broken):
    change, words = BROKEN[broken]
    change(workbook.book)
    found = said(workbook.read())
    assert len(found) == 1
    assert words in found[0][2]


def test_every_problem_is_told_in_both_languages(workbook):
    for sheet, cell, value, *_ in WRONG[:28]:
        workbook.put(sheet, cell, value)
    for problem in workbook.read().problems:
        assert problem.sentence("it") != problem.sentence("en")


# ---------------------------------------------------------------- anything at all in any cell

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(min_value=0, max_value=10**9, places=2).map(float),
    st.dates(date(1900, 3, 1), date(9999, 1, 1)),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40),
    st.sampled_from(
        ["1.234,56", "1.234", "31/06/2023", "=1+1", "=NOW()", "#REF!", "#N/A", "@x", "-5", "sì", "In corso", "'"]
    ),
)
FORMATS = st.sampled_from(["General", "dd/mm/yyyy", "0.00", "@", "[h]:mm", "hh:mm"])


@pytest.fixture(scope="module")
def shared(filled_file):
    """The filled workbook, opened once; who changes a cell puts it back."""
    return opened(filled_file)


@pytest.fixture(scope="module")
def places(filled):
    """Every cell that a person fills in."""
    return all_cells(filled)


@pytest.fixture(scope="module")
def unchanged(filled_file):
    """The rows of the filled workbook, by table and row."""
    parts = sheets.read(NAME, filled_file).parts(2, RECEIVED)
    return {(part.table, row): cells for part in parts for row, cells in part.rows}


@contextmanager
def changed(book, cells):
    """Put values and number formats into cells, and what was there back afterwards."""
    before = []
    for sheet, at, value, number_format in cells:
        cell = book[sheet][at]
        before.append((cell, cell.value, cell.number_format))
        cell.value, cell.number_format = value, number_format
        if isinstance(value, str) and value.startswith("#"):
            cell.data_type = "e"
    try:
        yield
    finally:
        for cell, value, number_format in before:
            cell.value, cell.number_format = value, number_format


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_is_in_a_cell_is_read_right_or_named(shared, places, unchanged, data):
    """One to three cells get any value under any number format; the rest stays as it was."""
    chosen = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique_by=lambda at: at[:3]))
    cells = [(sheet, address(row, column), data.draw(ANYTHING), data.draw(FORMATS)) for sheet, row, column, _ in chosen]
    with changed(shared.book, cells):
        read = shared.read()
    touched = {(sheet, row + 1) for sheet, row, *_ in chosen}
    for problem in errors(read.problems):
        assert (problem.sheet, int(problem.cell.lstrip("ABCDEFGHIJKL"))) in touched, problem
    typed = {(sheet, at): value for sheet, at, value, _ in cells}
    for part in read.parts(2, RECEIVED):
        for row, found in part.rows:
            if (part.sheet, row) not in touched:
                assert found == unchanged[part.table, row] or part.table == "sheet_cause"
            for name in {"committed_eur", "incurred_eur", "value"} & set(part.header):
                value = typed.get((part.sheet, f"{part.cells[name]}{row}"))
                if isinstance(value, (int, float)):
                    assert abs(Decimal(repr(value)) - Decimal(found[part.header.index(name)])) < Decimal("0.000002")


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_bytes_changed_anywhere_never_raise(filled_file, data):
    content = bytearray(filled_file)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(content), len(content) // 2, 100]))
    for problem in sheets.read(NAME, bytes(content[:cut])).problems:
        assert all(problem.sentence(lang) for lang in LANGUAGES)


HOSTILE = [
    *("-1", "0", "99999999999", "1e999", "NaN", "18446744073709551616", "2020-13-45", "2020-01-01T99:99:99", "PT5H"),
    *("d", "s", "e", "str", "inlineStr", "b", "n", "A0", "XFE1", "ZZZZZZ1", "", "x", '"', "<", "true", "[h]:mm"),
]
ATTRIBUTE_OR_VALUE = re.compile(rb'="([^"]*)"|<v>([^<]*)</v>')


@pytest.mark.parametrize("seed", range(5))
def test_xml_changed_anywhere_never_raises(filled_file, seed):
    """Attributes and values of any part get hostile ones; 60 workbooks a seed, each with a right checksum."""
    drawn = random.Random(seed)
    parts = members(filled_file)
    for _ in range(60):
        name = drawn.choice([name for name in parts if name.startswith("xl/")])
        text = parts[name]
        for _ in range(drawn.randint(1, 3)):
            found = drawn.choice(list(ATTRIBUTE_OR_VALUE.finditer(text)) or [None])
            if found:
                group = 1 if found[1] is not None else 2
                text = text[: found.start(group)] + drawn.choice(HOSTILE).encode() + text[found.end(group) :]
        for problem in sheets.read(NAME, packed(parts | {name: text})).problems:
            assert all(problem.sentence(lang) for lang in LANGUAGES)


def test_hidden_rows_that_are_sealed_and_still_wrong_are_refused(workbook):
    """The seal guards against accidents; whoever makes one gets a sentence all the same."""
    for cell, value, right in (
        ("B7", "it", True),
        ("A7", "row", False),
        ("C9", "first", False),
        ("B12", "?", False),
        ("B7", "de", False),
    ):
        book = opened(workbook.saved()).put("_ids", cell, value)
        rows = [
            [str(cell) for cell in row if cell is not None] for row in book.book["_ids"].iter_rows(values_only=True)
        ]
        lists = [[str(cell or "") for cell in row] for row in book.book["_lists"].iter_rows(values_only=True)]
        book.put("_ids", "B1", seal([*rows[1:], *lists]))
        assert ["identificativi" in sentence for _, _, sentence in said(book.read())] == ([] if right else [True])
