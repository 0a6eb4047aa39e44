"""A verdict can fail: whatever is changed in the database or in the files is found, and said for what it is."""

import shutil
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from impact_analytics import build, ingest, verify
from impact_analytics.cli import main
from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.ingest import Details, Handed
from impact_analytics.queries import Asked, of_project, values
from impact_analytics.semantics import measures, metrics
from impact_analytics.settings import ROOT
from impact_analytics.store import Snapshot, pinned
from impact_analytics.verify import FALSE, Outcome
from tests.ingest.filled import filled, spend, without_period
from tests.shipped import shipped

PROGRAMMES = ("impact", "example")
EXAMPLE = ROOT / "data" / "example"
# A change of each kind of thing that stands in a database, and a metric that rests on it.
TAMPERED = {
    "fact": ("UPDATE fact_funding SET amount_eur = amount_eur + 0.01 WHERE rowid = 3", "funding", "differs"),
    "fact of flows": ("UPDATE fact_flow SET incurred_eur = incurred_eur + 1 WHERE rowid = 40", "incurred", "differs"),
    "mart": ("UPDATE made_request_state SET open = 1", "requests_open", "differs"),
    "ratio": ("UPDATE fact_request SET amount_eur = 0 WHERE stage = 'eligible'", "admission_rate", "differs"),
    "basis": ("UPDATE fact_cash SET basis = 'published' WHERE rowid = 1", "paid", "differs"),
    "row": ("UPDATE payment SET amount_eur = amount_eur + 1 WHERE rowid = 1", "paid", "rows_differ"),
    "row gone": ("DELETE FROM payment WHERE rowid = 1", "paid", "rows_differ"),
    "row twice": ("INSERT INTO payment SELECT * FROM payment WHERE rowid = 1", "paid", "rows_differ"),
    "id": ("UPDATE note SET value = '0123456789abcdef' WHERE key = 'id'", "paid", "id_differs"),
}


def asking(snapshot: Snapshot) -> Asked:
    return Asked(snapshot, snapshot.programme.default_as_of)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_metric_as_shipped_is_confirmed(programme):
    asked = asking(shipped(programme))
    found = {name: verify.verify(asked, name, ROOT / "data" / programme) for name in metrics()}
    assert {name: one.outcome for name, one in found.items() if one.outcome != "same"} == {}
    assert all(one.holds for one in found.values())
    assert {one.files for one in found.values()} == {asked.snapshot.id}
    assert {name: one.shown for name, one in found.items()} == values(asked, tuple(metrics()))


@pytest.mark.parametrize(("change", "metric", "outcome"), TAMPERED.values(), ids=TAMPERED)
def test_a_tampered_database_is_not_confirmed(change, metric, outcome, tmp_path):
    good = shipped("example")
    bad = Snapshot(good.programme_id, good.id, tmp_path / good.path.name)
    shutil.copyfile(good.path, bad.path)
    with duckdb.connect(str(bad.path)) as db:
        db.execute(change)
    found = verify.verify(asking(bad), metric, EXAMPLE)
    assert (found.outcome, found.holds) == (outcome, False)
    assert found.shown.value is None or found.again.value is not None
    assert bool(found.odd) == (outcome == "rows_differ")
    assert verify.verify(asking(good), metric, EXAMPLE).holds


def test_a_row_that_is_not_that_of_the_file_is_named(tmp_path):
    good = shipped("example")
    bad = Snapshot(good.programme_id, good.id, tmp_path / good.path.name)
    shutil.copyfile(good.path, bad.path)
    with duckdb.connect(str(bad.path)) as db:
        line = db.execute("SELECT min(line) FROM payment").fetchone()[0]
        db.execute(f"UPDATE payment SET note_it = 'altro' WHERE line = {line}")
    assert verify.verify(asking(bad), "paid", EXAMPLE).odd == f"example/payment.csv:{line}"
    assert verify.verify(asking(bad), "declared", EXAMPLE).holds, "no row of it was touched"


def test_changed_files_cannot_confirm_a_figure_nor_deny_it(small_folder, cache):
    snapshot = build.build(small_folder.path)
    asked = asking(snapshot)
    assert verify.verify(asked, "paid", small_folder.path).holds
    amount = small_folder.rows("payment")[0]["amount_eur"]
    small_folder.edit("payment", 0, {"amount_eur": f"{float(amount) + 1:.2f}"})
    changed = verify.verify(asked, "paid", small_folder.path)
    assert (changed.outcome, changed.holds) == ("changed", None)
    assert changed.files != snapshot.id
    newer = build.build(small_folder.path)
    earlier = verify.verify(replace(asked, snapshot=pinned("example", snapshot.id)), "paid", small_folder.path)
    assert (earlier.outcome, earlier.holds, earlier.files) == ("moved_on", None, newer.id)
    again = verify.verify(replace(asked, snapshot=newer), "paid", small_folder.path)
    assert again.holds
    assert again.shown.value == earlier.shown.value + 1


def test_without_its_files_nothing_is_confirmed():
    found = verify.verify(asking(shipped("example")), "paid", None)
    assert (found.outcome, found.holds) == ("no_folder", None)


def test_a_figure_that_is_not_split_has_nothing_to_confirm():
    narrowed = replace(asking(shipped("example")), where=(("action_line", ("01",)),))
    found = verify.verify(narrowed, "paid", EXAMPLE)
    assert (found.outcome, found.holds, found.shown.not_split) == ("not_split", None, ("action_line",))
    assert verify.verify(of_project(asking(shipped("example")), "e1-T02"), "paid", EXAMPLE).holds


def test_an_accepted_file_that_is_not_as_it_was_confirms_nothing(small_folder, cache):
    without_period(small_folder, "2024-Q4")
    handed = Handed("scheda.xlsx", filled(small_folder, "2024-Q4", spend(1000)))
    judged = ingest.preview(small_folder.path, [handed], Details(date(2025, 2, 10)))
    ingest.accept(small_folder.path, judged, "test")
    snapshot = build.build(small_folder.path)
    asked = Asked(snapshot, date(2025, 2, 28))
    assert verify.verify(asked, "incurred", small_folder.path).holds
    (kept,) = (small_folder.path / "supplied" / "files").glob("*.xlsx")
    kept.chmod(0o644)
    kept.write_bytes(kept.read_bytes() + b" ")
    verify.rows_of.cache_clear()
    found = verify.verify(asked, "incurred", small_folder.path)
    assert (found.outcome, found.holds) == ("damaged", False)
    assert all("scheda.xlsx" in found.reason[lang] for lang in LANGUAGES)


def test_the_tables_of_every_measure_are_known():
    for measure in measures(metrics()):
        assert verify.tables_behind(measure.id), measure.id
    assert set(verify.tables_behind("expenditure_progress")) > {"sheet_financial", "funding", "sheet", "project"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_outcome_has_its_sentence(lang):
    assert set(texts("passport", lang)["verdict"]) == set(Outcome.__args__)
    assert set(FALSE) < set(Outcome.__args__)


# ---------------------------------------------------------------- the command


def test_the_command_confirms_what_is_shipped(capsys):
    assert main(["--lang", "en", "verify", str(EXAMPLE), "--as-of", "2022-02-01", "--metric", "gap"]) == 0
    snapshot = shipped("example")
    said = capsys.readouterr().out
    assert said == (
        f"example, snapshot {snapshot.id}, as of 01/02/2022: 1 metrics confirmed by working them out anew, 0 not.\n"
    )
    assert main(["--lang", "it", "verify", str(EXAMPLE), "--as-of", "2022-02-31"]) == 1
    assert "2022-02-31" in capsys.readouterr().out


def test_the_command_names_what_differs_and_ends_with_1(small_folder, cache, capsys):
    snapshot = build.build(small_folder.path)
    with duckdb.connect(str(snapshot.path)) as db:
        db.execute("UPDATE fact_cash SET amount_eur = amount_eur + 100 WHERE kind = 'advance'")
    assert main(["--lang", "it", "verify", str(small_folder.path)]) == 1
    *named, counted = capsys.readouterr().out.splitlines()
    assert {line.partition(")")[0].partition("(")[2] for line in named} >= {"paid", "paid_advance"}
    assert all("Mostrato" in line and "ricalcolato" in line for line in named)
    assert counted.endswith(f"{len(metrics()) - len(named)} grandezze confermate dal ricalcolo, {len(named)} no.")
