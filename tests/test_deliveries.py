"""What is handed in goes the way of the programme's own files: judged by the same rules, named where it stands."""

import hashlib
from datetime import UTC, date, datetime

import duckdb
import pytest

from impact_analytics import build, supplied
from impact_analytics.contract import contract
from impact_analytics.datafiles import DataFile, Part
from impact_analytics.datafiles.mapping import MappingError, parse
from impact_analytics.i18n import LANGUAGES
from impact_analytics.problems import Refused, errors
from impact_analytics.queries.asked import Asked, answer
from impact_analytics.semantics import metrics
from impact_analytics.store import cursor
from impact_analytics.supplied import Entry, Stored

FINANCIAL = ("sheet_id", "action_line", "cost_category", "committed_eur", "incurred_eur")


def part(table, header, *rows, sheet="Foglio", cells=None):
    numbered = tuple((14 + place, row) for place, row in enumerate(rows))
    return DataFile(
        Part(table, "scheda.xlsx", header, numbered, sheet, cells or {}), "scheda.xlsx", table, "example", "seed"
    )


def without_a_sheet(folder):
    """Take the newest sheet of a project out of a folder; return its rows by table."""
    taken = max(folder.rows("sheet"), key=lambda row: (row["period_id"], row["version"]))
    gone = {}
    for table in ("sheet", "sheet_financial", "sheet_physical", "sheet_procedural", "sheet_cause", "sheet_network"):
        rows = folder.rows(table)
        gone[table] = [row for row in rows if row["sheet_id"] == taken["sheet_id"]]
        folder.write(table, [row for row in rows if row["sheet_id"] != taken["sheet_id"]])
    reviews = folder.rows("desk_review")
    lost = {row["review_id"] for row in reviews if row["sheet_id"] == taken["sheet_id"]}
    folder.write("desk_review", [row for row in reviews if row["review_id"] not in lost])
    findings = folder.rows("finding")
    folder.write("finding", [row for row in findings if row["review_id"] not in lost])
    return gone


def parts(rows_by_table):
    found = []
    for table, rows in rows_by_table.items():
        if rows:
            header = tuple(name for name in rows[0] if name != "source_id")
            values = [tuple(row[name] or None for name in header) for row in rows]
            cells = {name: chr(ord("A") + place) for place, name in enumerate(header)}
            found.append(part(table, header, *values, sheet=table, cells=cells))
    return found


def figures(snapshot, days):
    """Every metric, unsplit and by territory, as of some days, without the day's own marts."""
    found = {}
    for name in metrics():
        for by in ((), ("territory",)):
            rows, not_split = answer(Asked(snapshot, days[-1], (), (), tuple(days)), (name,), by)
            found[name, by] = sorted(repr(comparable(*row)) for row in rows.to_numpy()), not_split
    return found


def comparable(*cells):
    """A row without the last digits of a float, which hang on the order of a sum, and without the basis of nothing."""
    *known, value, basis = cells
    return (*known, round(value, 9) if isinstance(value, float) else value, basis if value is not None else "")


# ---------------------------------------------------------------- the trial


@pytest.fixture
def sheetless(example_folder):
    return example_folder, without_a_sheet(example_folder)


def written(folder, rows_by_table):
    """Append rows to the programme's own files."""
    for table, rows in rows_by_table.items():
        if rows:
            folder.append(table, *rows)


def test_a_trial_has_the_figures_of_a_build_with_the_same_rows(sheetless):
    folder, gone = sheetless
    days = (date(2022, 5, 5), date(2024, 12, 31), date(2030, 1, 1))
    base = build.build(folder.path)
    names = sorted(path.name for path in folder.path.rglob("*"))
    with build.trial(folder.path, parts(gone)) as trial:
        assert not errors(trial.problems)
        assert not Asked(trial.snapshot, days[0]).made
        tried = figures(trial.snapshot, days)
        path = trial.snapshot.path
    assert not path.exists()
    assert sorted(path.name for path in folder.path.rglob("*")) == names
    assert build.current("example") == base
    before = figures(base, days)
    written(folder, gone)
    after = figures(build.build(folder.path), days)
    assert tried == after
    assert tried != before


BROKEN = {
    "nothing": ("sheet_financial", {}),
    "an unknown line": ("sheet_financial", {"action_line": "99"}),
    "an unknown category": ("sheet_financial", {"cost_category": "gifts"}),
    "a negative amount": ("sheet_financial", {"incurred_eur": "-1.00"}),
    "a third decimal": ("sheet_financial", {"incurred_eur": "1.005"}),
    "a blank amount": ("sheet_financial", {"incurred_eur": ""}),
    "above the budget": ("sheet_financial", {"incurred_eur": "99999999.00"}),
    "an unknown indicator": ("sheet_physical", {"indicator_id": "none"}),
    "half a person": ("sheet_physical", {"value": "1.5"}),
    "an unknown state": ("sheet_procedural", {"state": "done"}),
    "no such day": ("sheet_procedural", {"expected_end_on": "2024-02-30"}),
    "a passed end": ("sheet_procedural", {"state": "in_progress", "expected_end_on": "2020-01-01"}),
    "an unknown partner": ("sheet_network", {"partner_id": "nobody"}),
    "neither true nor false": ("sheet_network", {"active": "si"}),
    "received early": ("sheet", {"received_on": "2019-01-01", "integration_asked_on": ""}),
    "an unknown project": ("sheet", {"project_id": "e1-T99"}),
    "a version before": ("sheet", {"version": "0"}),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_a_trial_judges_as_a_build_does(sheetless, case):
    folder, gone = sheetless
    table, cells = case
    gone[table][0] = {**gone[table][0], **cells}
    with build.trial(folder.path, parts(gone)) as trial:
        tried = [one for one in trial.problems if one.severity in ("error", "warning")]
    written(folder, gone)
    known = build.check(folder.path)
    assert {(one.rule, one.value) for one in tried} <= {(one.rule, one.value) for one in known}
    assert {(one.rule, one.value) for one in errors(tried)} == {(one.rule, one.value) for one in errors(known)}
    for one in tried:
        assert (one.file, one.sheet) == ("scheda.xlsx", table) or one.file.startswith("example/")


def test_a_key_that_is_there_already_names_the_file_where_it_is(example_folder):
    row = example_folder.rows("sheet")[0]
    header = tuple(name for name in row if name != "source_id")
    again = part("sheet", header, tuple(row[name] or None for name in header), cells={"received_on": "C7"})
    with build.trial(example_folder.path, [again]) as trial:
        assert trial.snapshot is None
        said = [one.sentence("it") for one in trial.problems]
    assert said == [
        f"scheda.xlsx, foglio «Foglio», cella C7: “{value}” c'è già in example/sheet.csv, riga 2."
        " Ogni chiave compare una volta sola: correggere o togliere una riga."
        for value in ("e1-T01-2020-Q1-v1", "e1-T01, 2020-Q1, 1")
    ]


# ---------------------------------------------------------------- parts of a workbook


def test_a_problem_of_a_part_names_worksheet_and_cell(example_folder):
    sheet_id = example_folder.rows("sheet")[-1]["sheet_id"]
    cells = {"action_line": "B", "committed_eur": "D", "incurred_eur": "E"}
    rows = [(sheet_id, "99", "staff", "1.00", "x"), (sheet_id, "99", "staff", "1.00", "2.00")]
    with build.trial(example_folder.path, [part("sheet_financial", FINANCIAL, *rows, cells=cells)]) as trial:
        places = {(one.rule, one.sheet, one.cell) for one in errors(trial.problems)}
    assert places >= {("not_decimal", "Foglio", "E14"), ("reference", "Foglio", "B14"), ("duplicate", "Foglio", "B15")}


@pytest.mark.parametrize(
    "text", ['a "quoted" text', "over\ntwo lines", "a lone\rreturn", "=1+1", "a,b;c", "  spaces  "]
)
def test_a_text_of_a_part_arrives_as_it_is(example_folder, text):
    sheet_id = example_folder.rows("sheet")[-1]["sheet_id"]
    row = (sheet_id, "99", text)
    with build.trial(example_folder.path, [part("sheet_cause", ("sheet_id", "position", "sentence"), row)]) as trial:
        found = cursor(trial.snapshot).execute("SELECT sentence, line, basis FROM sheet_cause WHERE position = 99")
        assert found.fetchall() == [(text, 14, "example")]


def test_a_blank_source_is_the_one_given(example_folder):
    row = example_folder.rows("project")[0]
    header = ("item_id", "territory", "kind", "title_it", "title_en", "known_from", "source_id")
    rows = [
        (f"new_{n}", row["territory"], "call", "a", "a", "2024-01-01", source) for n, source in enumerate((None, " "))
    ]
    with build.trial(example_folder.path, [part("territory_item", header, *rows)]) as trial:
        found = cursor(trial.snapshot).execute(
            "SELECT source_id FROM territory_item WHERE starts_with(item_id, 'new_')"
        )
        assert found.fetchall() == [("seed",), ("seed",)]


# ---------------------------------------------------------------- Parquet


def parquet(tmp_path, select):
    path = tmp_path / "handed.parquet"
    duckdb.sql(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


GOOD = """SELECT 'p' || i AS payment_id, 'e1-T01' AS project_id, 'advance' AS kind, DATE '2021-03-31' AS paid_on,
    CAST(12.5 AS {amount}) AS amount_eur, TIMESTAMP '2021-04-01' AS known_from FROM range(2) AS r(i)"""


@pytest.mark.parametrize("amount", ["DECIMAL(18, 2)", "DECIMAL(20, 4)", "DOUBLE", "VARCHAR"])
def test_parquet_is_read_as_a_csv_is(example_folder, tmp_path, amount):
    file = DataFile(parquet(tmp_path, GOOD.format(amount=amount)), "handed.parquet", "payment", "example", "seed")
    with build.trial(example_folder.path, [file]) as trial:
        sql = "SELECT payment_id, amount_eur, paid_on, known_from, line FROM payment WHERE file = 'handed.parquet'"
        found = cursor(trial.snapshot).execute(sql + " ORDER BY line").fetchall()
    assert [(id, str(amount), line) for id, amount, *_, line in found] == [("p0", "12.50", 1), ("p1", "12.50", 2)]
    assert {row[2:4] for row in found} == {(date(2021, 3, 31), date(2021, 4, 1))}


def test_a_float_with_a_third_decimal_is_refused(example_folder, tmp_path):
    select = GOOD.format(amount="DOUBLE").replace("12.5", "0.1::DOUBLE + 0.2::DOUBLE")
    file = DataFile(parquet(tmp_path, select), "handed.parquet", "payment", "example", "seed")
    with build.trial(example_folder.path, [file]) as trial:
        assert {(one.rule, one.line) for one in trial.problems} == {("third_decimal", 1), ("third_decimal", 2)}


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"a,b\n1,2\n"])
def test_a_broken_parquet_file_is_named(example_folder, tmp_path, content):
    path = tmp_path / "handed [1].parquet"
    path.write_bytes(content)
    with build.trial(example_folder.path, [DataFile(path, "handed.parquet", "payment", "example")]) as trial:
        [problem] = trial.problems
    assert (problem.rule, problem.file) == ("unreadable", "handed.parquet")


# ---------------------------------------------------------------- another system's export

MAPPING = """
table = "sheet_financial"
decimal = ","
[columns]
"Cod. scheda" = "sheet_id"
"Linea" = "action_line"
"Voce" = "cost_category"
"Impegnato" = "committed_eur"
"Speso" = "incurred_eur"
[values.action_line]
"Linea uno" = "01"
"""
EXPORT = 'Cod. scheda;Linea;Voce;Note;Impegnato;Speso\n{sheet_id};Linea uno;{voce};"a;b";1.234,50;{speso}\n'


def export(folder, tmp_path, speso="7", mapping=MAPPING):
    rows = folder.rows("sheet_financial")
    taken = next(row for row in reversed(rows) if row["action_line"] == "01")
    folder.write("sheet_financial", [row for row in rows if row is not taken])
    path = tmp_path / "export.csv"
    said = EXPORT.format(sheet_id=taken["sheet_id"], voce=taken["cost_category"], speso=speso)
    path.write_text(said, encoding="utf-8")
    return DataFile(path, "export.csv", "sheet_financial", "example", "", parse(mapping, "mapping.toml"))


def test_an_export_is_read_through_its_mapping(example_folder, tmp_path):
    file = export(example_folder, tmp_path)
    with build.trial(example_folder.path, [file]) as trial:
        assert not errors(trial.problems)
        sql = "SELECT action_line, committed_eur, incurred_eur FROM sheet_financial WHERE file = 'export.csv'"
        [row] = cursor(trial.snapshot).execute(sql).fetchall()
    assert [str(value) for value in row] == ["01", "1234.50", "7.00"]


@pytest.mark.parametrize("speso", ["1.5", "1.234,567", "x", "1e3"])
def test_a_problem_of_an_export_names_its_own_column(example_folder, tmp_path, speso):
    with build.trial(example_folder.path, [export(example_folder, tmp_path, speso)]) as trial:
        [problem] = errors(trial.problems)
    assert problem.place("it") == "export.csv, riga 2, colonna Speso"


def test_days_and_constants_of_a_mapping():
    text = """
table = "recovery"
date_format = "%d/%m/%Y"
columns = {"ID" = "recovery_id", "Data" = "ordered_on", "Euro" = "ordered_eur", "Nota" = "known_from"}
constants = {project_id = "p", reason_it = "It's", reason_en = "b"}
"""
    cells = parse(text, "m.toml").cells(
        {"ID": "'1'", "Data": "' 31/01/2024'", "Nota": "'31/02/2024'"}, contract()["recovery"]
    )
    assert duckdb.sql(f"SELECT {cells['ordered_on']}, {cells['known_from']}, {cells['reason_it']}").fetchall() == [
        ("2024-01-31", "31/02/2024", "It's")
    ]


MAPPINGS = {
    "no TOML": ("table = ", "not_toml"),
    "no text": (b"\xff\xfe\x00", "not_toml"),
    "no table": ("[columns]\na = 'b'", "lacks"),
    "no columns": ("table = 'recovery'", "lacks"),
    "an unknown setting": ("tabel = 'recovery'", "setting"),
    "an unknown table": ("table = 'recoveri'\n[columns]\na = 'b'", "table"),
    "an unknown column": (MAPPING.replace('"incurred_eur"', '"incured_eur"'), "column"),
    "a column twice": (MAPPING.replace('"incurred_eur"', '"committed_eur"'), "twice"),
    "a required column missing": (MAPPING.replace('"Speso" = "incurred_eur"', ""), "required"),
    "a number for a text": (MAPPING.replace('"01"', "1"), "not_text"),
    "a text for a table": (MAPPING.replace("[values.action_line]", "[values]"), "not_table"),
    "another decimal sign": (MAPPING.replace('decimal = ","', 'decimal = "·"'), "decimal"),
    "days without a year": (MAPPING.replace('decimal = ","', 'date_format = "%d/%m"'), "date_format"),
}


@pytest.mark.parametrize("case", MAPPINGS.values(), ids=MAPPINGS)
def test_a_mapping_that_cannot_be_used_says_why(case):
    text, key = case
    with pytest.raises(MappingError) as caught:
        parse(text, "mapping.toml")
    assert caught.value.key == key
    for lang in LANGUAGES:
        assert "mapping.toml" in caught.value.sentence(lang)


def test_a_column_that_the_export_lacks_is_named(example_folder, tmp_path):
    file = export(example_folder, tmp_path)
    file.content.write_text(file.content.read_text().replace("Speso", "Spese"))
    with build.trial(example_folder.path, [file]) as trial:
        assert (
            errors(trial.problems)[0]
            .sentence("en")
            .startswith("export.csv, row 1, column Speso: the mapping asks for it")
        )


# ---------------------------------------------------------------- what stands in the log


def accept(folder, table, content, number=0, **entry):
    stored = Stored.of("pagamenti.csv", content, table=table)
    draft = Entry(
        action="accept", who="a@b", at=datetime.now(UTC), files=(stored,), received_on=date(2024, 2, 1), **entry
    )
    return supplied.append(folder.path, draft, {stored.sha256: (content, ".csv")}, number)


PAID = b"payment_id,project_id,kind,paid_on,amount_eur,known_from\nnew,e1-T01,advance,2024-01-31,5.00,2024-01-31\n"


def test_a_delivery_that_stands_is_built_with_its_source(example_folder, cache):
    before = build.build(example_folder.path)
    accept(example_folder, "payment", PAID, protocol="00012/2024")
    snapshot = build.build(example_folder.path)
    assert snapshot.id != before.id
    rows = cursor(snapshot).execute(
        "SELECT p.amount_eur, p.basis, s.title, s.publisher, s.published_on, s.note_it, s.note_en, s.basis"
        " FROM payment AS p JOIN source AS s USING (source_id) WHERE payment_id = 'new'"
    )
    [(amount, *said)] = rows.fetchall()
    assert str(amount) == "5.00"
    assert said == [
        "example", "pagamenti.csv", "Autorità di programma / Programme authority", date(2024, 2, 1),
        "Protocollo 00012/2024", "Protocol 00012/2024", "example",
    ]  # fmt: skip
    supplied.withdraw(example_folder.path, 1, "errata", "a@b")
    assert cursor(build.build(example_folder.path)).execute("FROM payment WHERE payment_id = 'new'").fetchall() == []


def test_what_a_published_programme_is_handed_is_supplied(programme_folder, cache):
    project = programme_folder.rows("project")[0]["project_id"]
    accept(programme_folder, "payment", PAID.replace(b"e1-T01", project.encode()))
    found = cursor(build.build(programme_folder.path)).execute("SELECT basis FROM payment WHERE payment_id = 'new'")
    assert found.fetchall() == [("supplied",)]


def test_a_delivery_through_a_mapping_is_built(example_folder, cache):
    content = b"Id;Progetto;Euro\nnew;e1-T01;1.005,50\n"
    mapping = b"""table = "payment"
decimal = ","
columns = {Id = "payment_id", Progetto = "project_id", Euro = "amount_eur"}
constants = {kind = "advance", known_from = "2024-01-31"}
"""
    stored = Stored.of("export.csv", content, table="payment", mapping=hashlib.sha256(mapping).hexdigest())
    draft = Entry(action="accept", who="a@b", at=datetime.now(UTC), files=(stored,))
    contents = {stored.sha256: (content, ".csv"), stored.mapping: (mapping, ".toml")}
    supplied.append(example_folder.path, draft, contents, 0)
    sql = "SELECT amount_eur, source_id, file FROM payment WHERE payment_id = 'new'"
    [(amount, *said)] = cursor(build.build(example_folder.path)).execute(sql).fetchall()
    assert [str(amount), *said] == ["1005.50", "supplied_000001", "supplied_000001/export.csv"]


def test_a_damaged_delivery_is_refused_with_its_sentence(example_folder, cache):
    build.build(example_folder.path)
    accept(example_folder, "payment", PAID)
    [path] = (example_folder.path / "supplied" / "files").iterdir()
    path.write_bytes(PAID.replace(b"5.00", b"6.00"))
    with pytest.raises(Refused, match="no longer the accepted document"):
        build.build(example_folder.path)


def test_the_fingerprint_reads_no_accepted_file(example_folder):
    before = build.fingerprint(example_folder.path)
    accept(example_folder, "payment", PAID)
    after = build.fingerprint(example_folder.path)
    assert after != before
    [path] = (example_folder.path / "supplied" / "files").iterdir()
    assert path.stem == hashlib.sha256(PAID).hexdigest()
    path.write_bytes(b"")
    assert build.fingerprint(example_folder.path) == after
