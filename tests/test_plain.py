"""The second answer, in plain Python from the input rows, is the first one: every measure, any day, any narrowing."""

import inspect
import random
from datetime import date, timedelta
from functools import cache

import duckdb
import pytest

from impact_analytics import build, ingest, plain
from impact_analytics.datafiles import DataFile, Part, data_files
from impact_analytics.datafiles.mapping import ColumnMapping
from impact_analytics.deliveries import delivered
from impact_analytics.ingest import Details, Handed
from impact_analytics.plain import NotSplit, Question, read, recomputed
from impact_analytics.queries import Asked, behind, values
from impact_analytics.semantics import dimensions, lacking, measures, metrics
from impact_analytics.settings import ROOT
from impact_analytics.verify import alike
from tests.ingest.filled import filled, spend, without_period
from tests.shipped import shipped

PROGRAMMES = ("impact", "example")
DRAWN = random.Random(30)
DAYS = sorted(date(2018, 3, 1) + timedelta(days=DRAWN.randrange(2600)) for _ in range(30))
PERIOD, RECEIVED = "2024-Q4", date(2025, 2, 10)


@cache
def rows(programme):
    return read(data_files(ROOT / "data" / programme, shipped(programme).programme.basis))


def narrowings(tables, drawing, place):
    """Yield the whole, and a choice of each kind that a reader or a page makes; two kinds now and then."""

    def ids(table, column):
        return sorted({row[column] for row in tables.rows(table)})

    yield {}
    yield {"territory": tuple(drawing.sample(ids("territory", "territory"), 3))}
    yield {"action_line": tuple(drawing.sample(ids("action_line", "action_line"), 2))}
    yield {"project": (drawing.choice(ids("project", "project_id")),)}
    area = {"macro_area": tuple(drawing.sample(ids("macro_area", "macro_area"), 2))}
    if place % 3 == 0:
        yield area if place % 2 else area | {"action_line": ("01",)}


def differing(asked, tables):
    """Return what the two answers to a question do not agree on: metric, shown, worked out."""
    question = behind.question(asked, tables)
    found = []
    for name, shown in values(asked, tuple(metrics())).items():
        try:
            again = recomputed(question, name)
        except NotSplit:
            if not shown.not_split:
                found.append((name, shown.value, "not split"))
            continue
        if not shown.not_split and not alike(shown, again):
            found.append((name, shown.value, shown.basis, again.value, again.basis))
    return found


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_metric_on_any_day_however_narrowed(programme):
    tables, snapshot, drawing = rows(programme), shipped(programme), random.Random(programme)
    acts = sorted({row["act_id"] for row in tables.rows("deadline")} - {None})
    for place, day in enumerate(DAYS):
        for where in narrowings(tables, drawing, place):
            without = (drawing.choice(acts),) if acts and place % 5 == 0 else ()
            asked = Asked(snapshot, day, tuple(sorted(where.items())), without)
            assert not differing(asked, tables), (day, where, without)
        plain.rows.forget(tables)


def test_every_measure_has_one_twin_in_a_module_of_its_own_and_no_other():
    assert set(plain.TWINS) == {measure.id for measure in measures(metrics())}
    for name, twin in plain.TWINS.items():
        assert inspect.getmodule(twin) in plain.MODULES, name
        assert twin.__doc__, name


def test_the_second_answer_runs_no_sql():
    for module in (*plain.MODULES, plain.figures, plain.rows, plain.versions):
        assert not {"duckdb", "SELECT"} & set(inspect.getsource(module).split()), module.__name__


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_what_rows_put_in_makes_the_value(programme):
    """What the passport lists adds up to what it shows, where a metric adds; so it does for what a part is made of."""
    tables, snapshot = rows(programme), shipped(programme)
    asked = Asked(snapshot, snapshot.programme.default_as_of)
    shown = values(asked, tuple(metrics()))
    for measure in measures(metrics()):
        listed = behind.listed(asked, measure.id, tables, "it")[measure.id]
        assert all(one.rows for one in listed), measure.id
        if measure.adds or measure.per:
            assert sum(one.amount for one in listed) == (shown[measure.id].value or 0), measure.id
        for one in listed:
            inner = [stands.amount for stands in one.rows if stands.amount is not None]
            assert not inner or sum(inner) == one.amount, measure.id


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_rows_of_the_snapshot_give_what_rows_of_the_files_give(programme):
    snapshot = shipped(programme)
    for day in DAYS[::6]:
        asked = Asked(snapshot, day)
        assert not differing(asked, behind.tables(snapshot)), day


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_other_dimensions_are_split_or_said_not_to_be(programme):
    tables, snapshot = rows(programme), shipped(programme)
    asked = Asked(snapshot, snapshot.programme.default_as_of)
    for measure in measures(metrics()):
        parts = recomputed(behind.question(asked, tables), measure.id).parts[measure.id]
        for id in ("territory", "macro_area", "action_line", "project"):
            split = not lacking(measure.id, [id], snapshot.columns)
            assert all((id in part.at) == split for part in parts), (measure.id, id)
    assert {"territory", "macro_area", "action_line", "project"} <= set(dimensions())


# ---------------------------------------------------------------- deliveries and other files


@pytest.fixture
def supplied_folder(small_folder, cache):
    """A programme that has taken in a sheet as a workbook, its correction, and a table through a mapping."""
    without_period(small_folder, PERIOD)
    for amount, day in ((1000, RECEIVED), (1500, date(2025, 3, 10))):
        content = filled(small_folder, PERIOD, spend(amount))
        accept(small_folder, [Handed(f"scheda{amount}.xlsx", content)], Details(day, "0042/2025"))
    export = "Codice;Progetto;Data;Tipo;Importo\nnew1;e1-T01;05/03/2025;ANT;1.234,56\n"
    mapping = """
        table = "payment"
        decimal = ","
        date_format = "%d/%m/%Y"
        [columns]
        "Codice" = "payment_id"
        "Progetto" = "project_id"
        "Data" = "known_from"
        "Tipo" = "kind"
        "Importo" = "amount_eur"
        [values.kind]
        "ANT" = "advance"
    """
    accept(
        small_folder,
        [Handed("payment.csv", export.encode("cp1252"))],
        Details(RECEIVED, "", Handed("mapping.toml", mapping.encode())),
    )
    return small_folder


def accept(folder, handed, details):
    judged = ingest.preview(folder.path, handed, details)
    assert judged.errors == []
    ingest.accept(folder.path, judged, "test")


def test_accepted_deliveries_are_worked_out_too(supplied_folder):
    snapshot = build.build(supplied_folder.path)
    programme = snapshot.programme
    tables = read([*data_files(supplied_folder.path, programme.basis), *delivered(supplied_folder.path, programme)])
    known = sorted({row["received_on"] for row in tables.rows("sheet")})
    for day in (*known[::4], RECEIVED, date(2025, 3, 9), date(2025, 3, 10), date(2025, 12, 31)):
        for where in ({}, {"action_line": ("01",)}, {"project": ("e1-T01",)}):
            assert not differing(Asked(snapshot, day, tuple(where.items())), tables), (day, where)
    items = behind.listed(Asked(snapshot, date(2025, 12, 31)), "incurred", tables, "it")["incurred"]
    (sheet,) = {stands.row.sheet for one in items for stands in one.rows}
    cells = {stands.cell for one in items for stands in one.rows}
    assert sheet
    assert all(cell[0].isalpha() and cell[1:].isdigit() for cell in cells)
    paid = recomputed(Question(tables, date(2025, 12, 31), {}), "paid").parts["paid"]
    assert "1234.56" in {str(part.amount) for part in paid}


def test_files_as_people_save_them_are_read_alike(example_folder, cache):
    """A byte order mark, semicolons, another encoding, decimal commas, blank lines: what the build takes is read."""
    lines = example_folder.text("payment").splitlines()
    commas = [line.replace(",", ";") for line in lines]
    told = "\r\n".join([commas[0], "", *(comma(line) for line in commas[1:])])
    example_folder.file("payment").write_bytes(told.encode("cp1252"))
    funding = example_folder.file("funding")
    funding.write_bytes(b"\xef\xbb\xbf" + funding.read_bytes())
    snapshot = build.build(example_folder.path)
    tables = read(data_files(example_folder.path, "example"))
    assert not differing(Asked(snapshot, date(2024, 12, 31)), tables)
    assert [row.line for row in tables.rows("payment")][:2] == [3, 4]


def comma(line):
    return ";".join(cell.replace(".", ",") if cell.replace(".", "").isdigit() else cell for cell in line.split(";"))


def test_a_parquet_file_is_read_as_a_csv_would_be(tmp_path):
    path = tmp_path / "payment.parquet"
    duckdb.execute(
        f"COPY (SELECT 'p1' AS id, 12.50::DECIMAL(18,2) AS eur, DATE '2021-03-01' AS day, NULL AS note) TO '{path}'"
    )
    columns = {"id": "payment_id", "eur": "amount_eur", "day": "known_from"}
    mapping = ColumnMapping("m", "payment", columns, constants={"kind": "advance"}, decimal=",")
    (row,) = read([DataFile(path, "payment.parquet", "payment", "supplied", "s1", mapping)]).rows("payment")
    assert (row.euro("amount_eur"), row["known_from"], row["kind"], row["source_id"], row.line) == (
        12.5,
        date(2021, 3, 1),
        "advance",
        "s1",
        1,
    )


# ---------------------------------------------------------------- bases


def small(**tables):
    """Return rows of made-up tables: of each its header and rows, a basis first."""
    return read(
        [
            DataFile(Part(name, name, header, ((line, row),)), name, name, basis)
            for name, (header, *found) in tables.items()
            for line, (basis, *row) in enumerate(found, 2)
        ]
    )


def test_amounts_of_different_bases_are_never_one_number():
    place = (("territory", "macro_area"), ("published", "A", "north"))
    project = (("project_id", "territory", "known_from"), ("published", "p", "A", "2020-01-01"))
    header = ("project_id", "amount_eur", "kind", "known_from")
    rows = [("published", "p", "1.10", "advance", "2020-01-01"), ("supplied", "p", "2.20", "balance", "2021-01-01")]
    tables = small(territory=place, project=project, payment=(header, *rows))
    early, late = Question(tables, date(2020, 12, 31), {}), Question(tables, date(2021, 12, 31), {})
    assert (recomputed(early, "paid").value, recomputed(early, "paid").basis) == (plain.decimal("1.10"), "published")
    assert (recomputed(late, "paid").value, recomputed(late, "paid").basis) == (None, "mixed")
    assert (recomputed(late, "uncovered_advance").value, recomputed(late, "uncovered_advance").basis) == (None, "mixed")
    assert recomputed(late, "paid_balance").basis == "supplied"
