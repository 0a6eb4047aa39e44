"""What is written out and read back is what the data files say, to the cent and in their order."""

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from itertools import cycle

from impact_analytics import sheets
from impact_analytics.contract import contract
from impact_analytics.i18n import LANGUAGES
from impact_analytics.problems import errors
from impact_analytics.queries import forms
from impact_analytics.settings import ROOT
from tests.sheets.workbooks import NAME, opened, rows

TABLES = ("sheet", "sheet_procedural", "sheet_cause", "sheet_network", "sheet_physical", "sheet_financial")


@cache
def filed():
    """The rows of the data files by table and sheet, blank cells None."""
    found = defaultdict(lambda: defaultdict(list))
    for table in TABLES:
        with (ROOT / "data" / "example" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                kept = {name: value or None for name, value in row.items() if name != "source_id"}
                found[row["sheet_id"]][table].append(kept)
    return found


def test_parts_are_the_rows_of_the_data_files(invented, sampled):
    for lang, (project, period, version, received_on, protocol) in zip(cycle(LANGUAGES), sampled, strict=False):
        form = forms.form(invented, project, period, version)
        read = sheets.read(NAME, sheets.write(form, lang))
        assert not errors(read.problems), read.problems
        assert (read.programme_id, read.project_id, read.period_id, read.lang) == ("example", project, period, lang)
        assert (read.received_on, read.protocol) == (received_on, protocol)
        parts = read.parts(version, read.received_on, read.protocol)
        assert rows(parts) == filed()[sheets.sheet_id(project, period, version)]


def test_every_part_is_in_the_columns_of_the_contract_and_knows_its_cells(filled, filled_file):
    book = opened(filled_file).book
    read = sheets.read(NAME, filled_file)
    for part in read.parts(2, date(2023, 2, 27), read.protocol):
        assert set(part.header) <= set(contract()[part.table].names)
        required = {column.name for column in contract()[part.table].columns if column.required}
        assert required - {"source_id"} <= set(part.header)
        for row, cells in part.rows:
            for column, at in part.cells.items():
                value = book[part.sheet][at if at[-1].isdigit() else f"{at}{row}"].value
                assert (value is None) == (cells[part.header.index(column)] is None), (part.table, column, row)


def test_new_rows_become_new_packages_requests_and_items(workbook):
    workbook.put("Procedurale", "A14", "Azione 03").put("Procedurale", "B14", "3.9 Podcast")
    workbook.put("Procedurale", "D14", "Non avviato").put("Procedurale", "E14", date(2023, 1, 1), "dd/mm/yyyy")
    changes = workbook.book["Rimodulazioni"]
    first = next(row for row in range(7, 40) if changes[f"A{row}"].value is None)
    workbook.put("Rimodulazioni", f"A{first}", "proroga").put("Rimodulazioni", f"B{first}", "Tre mesi in più")
    workbook.put("Rimodulazioni", f"C{first}", date(2023, 1, 9), "dd/mm/yyyy")
    items = workbook.book["Territorio"]
    first = next(row for row in range(7, 40) if items[f"A{row}"].value is None)
    workbook.put("Territorio", f"A{first + 2}", "Avviso").put("Territorio", f"B{first + 2}", "=Avviso per mediatori")
    items[f"B{first + 2}"].data_type = "s"
    read = workbook.read()
    assert not errors(read.problems), read.problems
    found = rows(read.parts(3, date(2023, 3, 1), "1/2023"))
    assert found["sheet_procedural"][-1] == {
        "sheet_id": "e1-T02-2022-Q4-v3", "action_line": "03", "work_package": "3.9 Podcast", "state": "not_started",
        "approved_start_on": "2023-01-01", "approved_end_on": None, "actual_start_on": None, "expected_end_on": None,
        "deviation": None,
    }  # fmt: skip
    assert found["change_request"] == [{
        "change_id": "e1_t02_2022_q4_v3_c1", "project_id": "e1-T02", "kind": "extension",
        "title_it": "Tre mesi in più", "title_en": "Tre mesi in più", "requested_on": "2023-01-09",
        "known_from": "2023-03-01",
    }]  # fmt: skip
    assert found["territory_item"] == [{
        "item_id": "e1_t02_2022_q4_v3_i1", "territory": "T02", "project_id": "e1-T02", "kind": "call",
        "title_it": "=Avviso per mediatori", "title_en": "=Avviso per mediatori", "on_date": None,
        "on_precision": None, "url": None, "known_from": "2023-03-01",
    }]  # fmt: skip


OTHER_WORDS = [
    ("Procedurale", {"D7": "SUSPENDED", "D8": "completed", "D9": " Non  avviato "}),
    ("Rete", {"E7": "no", "E8": "yes", "E9": "SI", "E10": True}),
    ("Cause", {"A7": "02", "B7": "Context", "C7": "staff", "D7": "Ecco."}),
]


def test_the_other_languages_words_and_the_codes_are_read_too(workbook):
    for sheet, typed in OTHER_WORDS:
        for cell, value in typed.items():
            workbook.put(sheet, cell, value)
    found = rows(workbook.read().parts(2, date(2023, 2, 27)))
    assert [row["state"] for row in found["sheet_procedural"][:3]] == ["suspended", "completed", "not_started"]
    assert [row["active"] for row in found["sheet_network"][:4]] == ["false", "true", "true", "true"]
    cause = ("position", "action_line", "origin", "nature", "sentence")
    assert [tuple(row[name] for name in cause) for row in found["sheet_cause"]] == [
        ("1", "02", "context", "staff", "Ecco.")
    ]
