"""Broken data are named, row by row, in sentences that a person can act on; nothing else is lost for it."""

import re
from datetime import date, timedelta

import duckdb
import pytest

from impact_analytics import checks
from impact_analytics.contract import KINDS, SENTENCES, contract
from impact_analytics.i18n import LANGUAGES, TEXTS, document
from impact_analytics.problems import LONGEST, MOST
from impact_analytics.settings import SQL

# ---------------------------------------------------------------- single broken cells
# table, row, cells -> the sentence in Italian and in English

CELLS = {
    "text for a number": (
        "project", 0, {"ranking": "primo"},
        "impact/project.csv, riga 2, colonna ranking: “primo” non è un numero intero. Scrivere solo cifre.",
        "impact/project.csv, row 2, column ranking: “primo” is not a whole number. Write digits only.",
    ),
    "a number too large": (
        "population", 1, {"residents": "12345678901234567890"},
        ("impact/population.csv, riga 3, colonna residents: “12345678901234567890” non è un numero intero."
        " Scrivere solo cifre."),
        ("impact/population.csv, row 3, column residents: “12345678901234567890” is not a whole number."
        " Write digits only."),
    ),
    "an exponent": (
        "funding", 0, {"amount_eur": "1e3"},
        ("impact/funding.csv, riga 2, colonna amount_eur: “1e3” non è un importo in euro."
        " Scrivere solo cifre, con al più due decimali: 25000.50."),
        ("impact/funding.csv, row 2, column amount_eur: “1e3” is not an amount in euro."
        " Write digits only, with at most two decimals: 25000.50."),
    ),
    "millions in words": (
        "endowment", 0, {"amount_eur": "25.807.320,08 milioni"},
        ("impact/endowment.csv, riga 2, colonna amount_eur: “25.807.320,08 milioni” non è un importo in euro."
        " Scrivere solo cifre, con al più due decimali: 25000.50."),
        ("impact/endowment.csv, row 2, column amount_eur: “25.807.320,08 milioni” is not an amount in euro."
        " Write digits only, with at most two decimals: 25000.50."),
    ),
    "a third decimal": (
        "funding", 1, {"amount_eur": "1.005"},
        ("impact/funding.csv, riga 3, colonna amount_eur: “1.005” ha più di due decimali e non viene arrotondato."
        " Scrivere l'importo al centesimo."),
        ("impact/funding.csv, row 3, column amount_eur: “1.005” has more than two decimals and is not rounded."
        " Write the amount to the cent."),
    ),
    "a third decimal after a comma": (
        "funding", 1, {"amount_eur": "1.200,005"},
        ("impact/funding.csv, riga 3, colonna amount_eur: “1.200,005” ha più di due decimali e non viene arrotondato."
        " Scrivere l'importo al centesimo."),
        ("impact/funding.csv, row 3, column amount_eur: “1.200,005” has more than two decimals and is not rounded."
        " Write the amount to the cent."),
    ),
    "negative money": (
        "funding", 0, {"amount_eur": "-1.00"},
        ("impact/funding.csv, riga 2, colonna amount_eur: “-1.00” è negativo."
        " Importi e conteggi partono da zero: correggere il valore."),
        ("impact/funding.csv, row 2, column amount_eur: “-1.00” is negative."
        " Amounts and counts start from zero: correct the value."),
    ),
    "31 June": (
        "deadline", 1, {"ends_on": "2022-06-31"},
        ("impact/deadline.csv, riga 3, colonna ends_on: “2022-06-31” non esiste nel calendario."
        " Correggere il giorno o il mese."),
        ("impact/deadline.csv, row 3, column ends_on: “2022-06-31” is not in the calendar."
        " Correct the day or the month."),
    ),
    "a date written the other way": (
        "deadline", 1, {"ends_on": "30/06/2022"},
        ("impact/deadline.csv, riga 3, colonna ends_on: “30/06/2022” non è una data."
        " Scrivere anno-mese-giorno: 2021-03-31."),
        "impact/deadline.csv, row 3, column ends_on: “30/06/2022” is not a date. Write year-month-day: 2021-03-31.",
    ),
    "yes for true": (
        "act", 0, {"milestone": "sì"},
        "impact/act.csv, riga 2, colonna milestone: “sì” non è né true né false. Scrivere uno dei due.",
        "impact/act.csv, row 2, column milestone: “sì” is neither true nor false. Write one of them.",
    ),
    "degrees in words": (
        "partner", 0, {"lon": "12°E", "lat": "45.1"},
        "impact/partner.csv, riga 2, colonna lon: “12°E” non è un numero. Scrivere cifre, con il punto decimale.",
        "impact/partner.csv, row 2, column lon: “12°E” is not a number. Write digits, with a decimal point.",
    ),
    "a required cell left blank": (
        "programme_call", 0, {"title_it": "  "},
        "impact/programme_call.csv, riga 2, colonna title_it: la cella è vuota ma il dato è obbligatorio. Scriverlo.",
        "impact/programme_call.csv, row 2, column title_it: the cell is empty but the value is required. Fill it in.",
    ),
    "an unknown territory": (
        "population", 0, {"territory": "ITZ9"},
        ("impact/population.csv, riga 2, colonna territory: “ITZ9” non esiste nella tabella territory."
        " Correggere il codice o aggiungerlo a territory.csv."),
        ("impact/population.csv, row 2, column territory: “ITZ9” does not exist in table territory."
        " Correct the code or add it to territory.csv."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CELLS.values(), ids=CELLS)
def test_a_broken_cell_is_named_in_both_languages(programme_folder, case):
    table, row, cells, italian, english = case
    programme_folder.edit(table, row, cells)
    assert programme_folder.said("it") == [italian]
    assert programme_folder.said("en") == [english]


def test_a_duplicate_key_names_every_row_but_the_first(programme_folder):
    first = programme_folder.rows("funding")[0]
    programme_folder.append("funding", first, first)
    assert programme_folder.said("it") == [
        f"impact/funding.csv, riga {line}, colonna project_id, version: “1_2018-ITH5, 1” c'è già alla riga 2."
        " Ogni chiave compare una volta sola: correggere o togliere una riga."
        for line in (5, 6)
    ]


def test_headers_swapped_are_named_row_by_row(programme_folder):
    rows = programme_folder.rows("funding")
    swap = {"amount_eur": "known_from", "known_from": "amount_eur"}
    programme_folder.write("funding", [{swap.get(name, name): value for name, value in row.items()} for row in rows])
    places = [(problem.line, problem.column, problem.rule) for problem in programme_folder.check()]
    assert sorted(places) == sorted(
        place for line in (2, 3, 4) for place in ((line, "amount_eur", "not_decimal"), (line, "known_from", "not_date"))
    )


def test_columns_in_another_order_are_the_same_data(programme_folder):
    rows = programme_folder.rows("funding")
    programme_folder.write("funding", [dict(reversed(row.items())) for row in rows])
    assert programme_folder.check() == []


def test_very_many_broken_rows_are_counted(programme_folder):
    row = programme_folder.rows("population")[0]
    rows = [{**row, "on_date": f"{1000 + number}-02-30"} for number in range(MOST + 5)]
    programme_folder.write("population", rows)
    said = programme_folder.said("en")
    assert len(said) == MOST + 1
    assert said[-1] == "impact/population.csv, column on_date: 5 more rows have the same fault."


def test_a_long_value_is_cut_in_the_sentence(programme_folder):
    programme_folder.edit("project", 0, {"ranking": "no\n" * 1000})
    [sentence] = programme_folder.said("en")
    assert "\n" not in sentence
    assert len(sentence) < LONGEST + 150


# ---------------------------------------------------------------- every constraint of the schema


def broken_cells(constraint, row):
    """Cells that break a constraint and keep their type, by the sentence that explains it; `row` gives the others."""
    rule, asked = constraint.sentence
    first, second = asked.get("first", ""), asked.get("second", "")
    [column, *_] = constraint.columns
    return {
        "reference": {column: "nowhere"},
        "duplicate": {},
        "check_in": {column: "none_of_them"},
        "check_negative": {column: "-1"},
        "check_positive": {column: "0"},
        "check_between": {column: "999", **{name: "1" for name in ("lon", "lat") if name != column}},
        "check_slug": {column: "Not a slug"},
        "check_upper": {column: "no"},
        "check_language": {column: "italiano"},
        "check_period": {column: "2021-Q5"},
        "check_url": {column: "www.example.org"},
        "check_together": {first: "", second: "2021-01-01" if second.endswith("_on") else "1"},
        "check_either": {first: "", second: ""},
        "check_order": {first: "2021-02-02", second: "2021-01-01"},
        "check_after": {first: "2021-02-02", second: "2021-01-01"},
    }[rule]


def outcome(constraint, cells):
    """Make the cells of `outcome` a word that it may hold."""
    return {**cells, "outcome": "approved"} if constraint.sentence[1].get("second") == "outcome" else cells


ROW_OF_CITATION = {"table_name": "source", "row_id": "seed", "column_name": "title", "source_id": "seed"}


def test_every_constraint_of_the_schema_names_a_row_that_breaks_it(example_folder):
    example_folder.write("citation", [ROW_OF_CITATION])
    expected = {}
    for table in contract().values():
        whole = dict.fromkeys(table.names, "") | example_folder.rows(table.name)[-1]
        rows = [whole | outcome(constraint, broken_cells(constraint, whole)) for constraint in table.constraints]
        line = example_folder.append(table.name, *rows)
        for place, constraint in enumerate(table.constraints):
            key = (f"example/{table.name}.csv", line + place, ", ".join(constraint.columns), constraint.sentence[0])
            expected[key] = constraint
    named = {(p.file, p.line, p.column, p.rule): p for p in example_folder.check()}
    assert [key for key in expected if key not in named] == []
    for key in expected:
        for lang in LANGUAGES:
            assert "{" not in named[key].sentence(lang)


def test_every_required_column_left_blank_is_named(example_folder):
    example_folder.write("citation", [ROW_OF_CITATION])
    expected = set()
    for table in contract().values():
        whole = dict.fromkeys(table.names, "") | example_folder.rows(table.name)[-1]
        required = [column.name for column in table.columns if column.required]
        line = example_folder.append(table.name, *({**whole, name: ""} for name in required))
        expected |= {(table.name, line + place, name) for place, name in enumerate(required)}
    named = {(p.file[8:-4], p.line, p.column) for p in example_folder.check() if p.rule == "blank"}
    assert named == expected


def test_the_schema_has_no_kind_of_constraint_that_is_not_judged():
    with duckdb.connect() as db:
        db.execute((SQL / "schema.sql").read_text(encoding="utf-8"))
        kinds = {kind for (kind,) in db.execute("SELECT constraint_type FROM duckdb_constraints()").fetchall()}
    assert kinds == {*KINDS, "NOT NULL"}


def test_every_constraint_of_the_schema_has_a_sentence_of_its_own():
    every = [constraint for table in contract().values() for constraint in table.constraints]
    assert [one for one in every if one.sentence[0] in ("check_other", "check_form")] == []


def test_every_form_of_check_has_its_words():
    sentences = document(TEXTS / "checks.toml")
    assert set(SENTENCES) <= set(sentences["it"]) & set(sentences["en"])


def test_every_type_of_the_schema_has_a_form():
    types = {column.type for table in contract().values() for column in table.columns}
    assert types - {"VARCHAR"} <= set(checks.FORMS)


def test_a_cell_that_is_named_already_is_not_named_again_for_its_constraint(example_folder):
    """A decision whose day cannot be read is not also said to lack its day."""
    decided = next(place for place, row in enumerate(example_folder.rows("change_request")) if row["decided_on"])
    example_folder.edit("change_request", decided, {"decided_on": "2021-02-30"})
    [problem] = example_folder.check()
    assert (problem.rule, problem.line, problem.column) == ("no_such_day", decided + 2, "decided_on")


# ---------------------------------------------------------------- every rule of sql/rules


def spend_beyond_the_budget(folder):
    sheets = {row["sheet_id"]: (row["period_id"], row["version"]) for row in folder.rows("sheet")}
    rows = folder.rows("sheet_financial")
    place = max(range(len(rows)), key=lambda place: sheets[rows[place]["sheet_id"]])
    folder.edit("sheet_financial", place, {"incurred_eur": "99999999.00"})
    return "sheet_financial", place, "incurred_eur"


def no_call(folder):
    folder.write("programme_call", [], header=contract()["programme_call"].names)
    return "programme_call", None, "call_id"


def fall(folder):
    """Take a late row to nothing: below what the sheet before says, in a sheet that was never corrected."""
    sheets = {row["sheet_id"]: row for row in folder.rows("sheet")}
    corrected = {(row["project_id"], row["period_id"]) for row in sheets.values() if row["version"] != "1"}
    late = sorted({row["period_id"] for row in sheets.values()})[8]
    place = next(
        place
        for place, row in enumerate(folder.rows("sheet_financial"))
        if (sheet := sheets[row["sheet_id"]])["period_id"] == late
        and (sheet["project_id"], late) not in corrected
        and row["incurred_eur"] != "0.00"
    )
    folder.edit("sheet_financial", place, {"incurred_eur": "0.00"})
    return "sheet_financial", place, "incurred_eur"


def eligible_beyond_declared(folder):
    place = next(place for place, row in enumerate(folder.rows("payment_request")) if row["eligible_eur"])
    folder.edit("payment_request", place, {"declared_eur": "0.01"})
    return "payment_request", place, "eligible_eur"


def funding_beyond_the_endowment(folder):
    place = next(place for place, row in enumerate(folder.rows("endowment")) if row["total"] == "true")
    folder.edit("endowment", place, {"amount_eur": "1.00"})
    return "endowment", place, "amount_eur"


def shares_that_do_not_add(folder):
    place = next(place for place, row in enumerate(folder.rows("funding")) if row["eu_eur"] and row["state_eur"])
    folder.edit("funding", place, {"eu_eur": "0.01"})
    return "funding", place, "amount_eur"


def a_kind_of_nobody(folder):
    folder.edit("partner", 3, {"kind": "circus"})
    return "partner", 3, "kind"


def a_correction_before_what_it_corrects(folder):
    place = next(place for place, row in enumerate(folder.rows("sheet")) if row["version"] == "2")
    folder.edit("sheet", place, {"received_on": "2019-01-01", "integration_asked_on": ""})
    return "sheet", place, "received_on"


def newest_sheet(folder):
    """The last sheet of the last project: its row's place, and its id."""
    place, row = max(
        enumerate(folder.rows("sheet")), key=lambda known: (known[1]["period_id"], known[1]["version"], known[0])
    )
    return place, row["sheet_id"]


def package_of(folder, cells):
    _, sheet_id = newest_sheet(folder)
    place = next(place for place, row in enumerate(folder.rows("sheet_procedural")) if row["sheet_id"] == sheet_id)
    folder.edit("sheet_procedural", place, cells)
    return place


def an_end_long_past(folder):
    place = package_of(folder, {"state": "in_progress", "expected_end_on": "2019-01-01", "approved_end_on": ""})
    return "sheet_procedural", place, "expected_end_on"


def a_deviation_without_a_word(folder):
    cells = {"expected_end_on": "2099-01-01", "approved_end_on": "2022-01-01", "deviation": " "}
    return "sheet_procedural", package_of(folder, cells), "deviation"


def a_jump(folder):
    """Ten million more in the newest sheet, in a line that nothing else of the sheet exceeds."""
    _, sheet_id = newest_sheet(folder)
    place = next(place for place, row in enumerate(folder.rows("sheet_financial")) if row["sheet_id"] == sheet_id)
    folder.edit("sheet_financial", place, {"committed_eur": "10000000.00", "incurred_eur": "10000000.00"})
    return "sheet_financial", place, "incurred_eur"


def a_sheet_before_its_time(folder):
    place, _ = newest_sheet(folder)
    folder.edit("sheet", place, {"received_on": "2019-01-01", "integration_asked_on": ""})
    return "sheet", place, "received_on"


def a_sheet_before_the_end(folder):
    place, _ = newest_sheet(folder)
    ends = {row["period_id"]: row["ends_on"] for row in folder.rows("reporting_period")}
    before = date.fromisoformat(ends[folder.rows("sheet")[place]["period_id"]]) - timedelta(1)
    folder.edit("sheet", place, {"received_on": before.isoformat()})
    return "sheet", place, "received_on"


def a_sheet_of_nobody_left(folder):
    place, _ = newest_sheet(folder)
    project = folder.rows("sheet")[place]["project_id"]
    at = next(at for at, row in enumerate(folder.rows("project")) if row["project_id"] == project)
    folder.edit("project", at, {"withdrawn_on": "2019-06-30", "withdrawn_precision": "day"})
    return "sheet", place, "period_id"


RULES = {
    "above_budget": spend_beyond_the_budget,
    "call_of_programme": no_call,
    "cumulative_falls": fall,
    "deviation_unexplained": a_deviation_without_a_word,
    "eligible_over_declared": eligible_beyond_declared,
    "expected_end_passed": an_end_long_past,
    "funding_over_total": funding_beyond_the_endowment,
    "jump": a_jump,
    "received_before_start": a_sheet_before_its_time,
    "received_early": a_sheet_before_the_end,
    "sheet_after_withdrawal": a_sheet_of_nobody_left,
    "shares_of_funding": shares_that_do_not_add,
    "unknown_code": a_kind_of_nobody,
    "version_order": a_correction_before_what_it_corrects,
}


def test_every_rule_has_a_row_that_breaks_it_here():
    assert set(checks.rules()) == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_row_that_breaks_a_rule_is_named_in_both_languages(example_folder, rule):
    table, place, column = RULES[rule](example_folder)
    head, _ = checks.rules()[rule]
    broken = [problem for problem in example_folder.check(head["severity"]) if problem.rule == rule]
    line = None if place is None else place + 2
    assert (line, column) in [(problem.line, problem.column) for problem in broken]
    for problem in broken:
        assert problem.file.endswith(f"{table}.csv")
        for lang in LANGUAGES:
            assert "{" not in problem.sentence(lang)
            assert problem.sentence(lang).endswith(head[lang].rpartition("}")[2])


def test_an_amount_in_a_rule_is_written_as_its_language_does(example_folder):
    funding_beyond_the_endowment(example_folder)
    [problem] = example_folder.check()
    assert re.search(r" di \d{1,3}(\.\d{3})+,\d\d euro\.", problem.sentence("it"))
    assert re.search(r" by \d{1,3}(,\d{3})+\.\d\d euro\.", problem.sentence("en"))


def test_a_jump_within_the_projects_own_history_is_no_jump(example_folder):
    """Three times the largest rise before is still its way of spending."""
    before = {(one.file, one.line) for one in example_folder.check("warning") if one.rule == "jump"}
    _, sheet_id = newest_sheet(example_folder)
    rows = example_folder.rows("sheet_financial")
    at = next(at for at, row in enumerate(rows) if row["sheet_id"] == sheet_id)
    example_folder.edit("sheet_financial", at, {"incurred_eur": str(float(rows[at]["incurred_eur"]) + 1)})
    after = {(one.file, one.line) for one in example_folder.check("warning") if one.rule == "jump"}
    assert after == before


# ---------------------------------------------------------------- nothing else is lost


def test_every_fault_of_every_table_is_named_at_once(programme_folder):
    programme_folder.edit("funding", 0, {"amount_eur": "x"})
    programme_folder.edit("population", 5, {"territory": "ITZ9"})
    programme_folder.edit("partner", 7, {"kind": "circus"})
    programme_folder.file("recovery").write_bytes(b"")
    programme_folder.file("statement").write_text(programme_folder.text("statement").replace("subject", "subjct", 1))
    found = {(problem.file.removeprefix("impact/"), problem.line, problem.rule) for problem in programme_folder.check()}
    assert found == {
        ("funding.csv", 2, "not_decimal"),
        ("population.csv", 7, "reference"),
        ("partner.csv", 9, "unknown_code"),
        ("recovery.csv", None, "empty_file"),
        ("statement.csv", 1, "column_unknown_near"),
        ("statement.csv", 1, "column_missing"),
    }


def test_the_rest_of_a_file_is_judged_when_one_row_is_ragged(programme_folder):
    programme_folder.edit("funding", 2, {"known_from": "2018-02-30"})
    lines = programme_folder.text("funding").splitlines()
    programme_folder.file("funding").write_text("\n".join([lines[0], lines[1] + ",one,more", *lines[2:]]) + "\n")
    assert [(problem.line, problem.rule) for problem in programme_folder.check()] == [(2, "ragged"), (4, "no_such_day")]


def test_what_refers_to_a_file_that_cannot_be_read_is_not_blamed(programme_folder):
    programme_folder.file("source").write_bytes(b"")
    assert [problem.rule for problem in programme_folder.check()] == ["empty_file"]


def test_the_columns_that_can_be_read_are_judged_when_another_is_missing(programme_folder):
    programme_folder.edit("funding", 0, {"amount_eur": "1.234"})
    text = programme_folder.text("funding")
    programme_folder.file("funding").write_text(text.replace("source_id", "sorce_id", 1))
    rules = {(problem.line, problem.column, problem.rule) for problem in programme_folder.check()}
    assert rules == {
        (1, "sorce_id", "column_unknown_near"),
        (1, "source_id", "column_missing"),
        (2, "amount_eur", "third_decimal"),
    }


def test_the_data_that_are_shipped_have_no_errors(programme_folder, example_folder):
    assert programme_folder.check() == []
    assert example_folder.check() == []
