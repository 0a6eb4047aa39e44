"""A build is all or nothing: the same inputs give the same snapshot, broken ones leave the one before in force."""

import os
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import duckdb
import pytest

from impact_analytics import build, checks
from impact_analytics.contract import contract
from impact_analytics.datafiles import DataFile, Part
from impact_analytics.i18n import LANGUAGES
from impact_analytics.problems import Refused, errors
from impact_analytics.programme import ProgrammeError
from impact_analytics.settings import ROOT, cache_folder
from impact_analytics.store import NoSnapshot, current, cursor, pinned, release


def amount(snapshot):
    return cursor(snapshot).execute("SELECT min(amount_eur) FROM funding").fetchone()[0]


def names(cache):
    return sorted(path.name for path in cache.iterdir())


def test_no_test_can_open_the_real_database():
    assert ROOT not in cache_folder().parents


def test_the_same_inputs_are_the_same_snapshot_whatever_their_times(programme_folder, cache, tmp_path):
    first = build.build(programme_folder.path)
    stamp = first.path.stat().st_mtime_ns
    for path in programme_folder.path.rglob("*"):
        os.utime(path, (1, 1))
    assert build.build(programme_folder.path).id == first.id
    assert first.path.stat().st_mtime_ns == stamp, "it was not built again"
    elsewhere = shutil.copytree(programme_folder.path, tmp_path / "elsewhere" / programme_folder.path.name)
    assert build.fingerprint(elsewhere) == first.id


@pytest.mark.parametrize("file", ["funding.csv", "programme.toml", "areas.geojson"])
def test_other_contents_are_another_snapshot(programme_folder, file):
    before = build.fingerprint(programme_folder.path)
    with (programme_folder.path / file).open("a", encoding="utf-8") as lines:
        lines.write("\n")
    assert build.fingerprint(programme_folder.path) != before


def test_a_file_of_another_name_is_another_snapshot(programme_folder):
    before = build.fingerprint(programme_folder.path)
    programme_folder.file("recovery").rename(programme_folder.file("payment_2"))
    assert build.fingerprint(programme_folder.path) != before


def test_broken_files_are_refused_with_the_words_of_check_and_keep_the_snapshot_before(programme_folder, cache):
    before = build.build(programme_folder.path)
    kept = names(cache)
    programme_folder.edit("funding", 0, {"amount_eur": "25.807.320,08 milioni"})
    programme_folder.edit("population", 0, {"territory": "ITZ9"})
    with pytest.raises(Refused) as refused:
        build.build(programme_folder.path)
    checked = build.check(programme_folder.path)
    for lang in LANGUAGES:
        assert [one.sentence(lang) for one in refused.value.problems] == [one.sentence(lang) for one in checked]
    assert str(refused.value) == "\n".join(problem.sentence("en") for problem in errors(checked))
    assert current("impact") == before
    assert names(cache) == kept, "nothing is left behind"


@pytest.mark.parametrize("table", ["funding", "source"])
def test_an_unreadable_file_is_refused_as_any_other(programme_folder, cache, table):
    programme_folder.file(table).unlink()
    programme_folder.file(table).mkdir()
    with pytest.raises(Refused, match=rf"impact/{table}\.csv: the file cannot be read"):
        build.build(programme_folder.path)


def test_a_first_build_that_is_refused_leaves_no_snapshot(programme_folder, cache):
    programme_folder.file("source").write_bytes(b"")
    with pytest.raises(Refused):
        build.build(programme_folder.path)
    with pytest.raises(NoSnapshot):
        current("impact")
    assert names(cache) == ["impact.lock"]


def test_mended_files_are_built_again(programme_folder, cache):
    before = build.build(programme_folder.path)
    whole = programme_folder.text("funding")
    programme_folder.edit("funding", 0, {"amount_eur": "x"})
    with pytest.raises(Refused):
        build.build(programme_folder.path)
    programme_folder.file("funding").write_text(whole, encoding="utf-8")
    assert build.build(programme_folder.path) == before


def test_files_that_change_during_a_build_are_built_as_they_are_then(programme_folder, cache, monkeypatch):
    """A snapshot never bears the id of other contents than its own."""
    steps = build.steps

    def late(kind):
        monkeypatch.setattr(build, "steps", steps)
        programme_folder.edit("funding", 2, {"amount_eur": "7.00", "eu_eur": "3.50", "state_eur": "3.50"})
        return steps(kind)

    monkeypatch.setattr(build, "steps", late)
    snapshot = build.build(programme_folder.path)
    assert snapshot.id == build.fingerprint(programme_folder.path)
    assert str(amount(snapshot)) == "7.00"
    assert names(cache) == ["impact-" + snapshot.id + ".duckdb", "impact.current", "impact.lock"]


def test_several_builders_at_once_make_one_snapshot(programme_folder, cache):
    with ThreadPoolExecutor(4) as pool:
        built = list(pool.map(build.build, [programme_folder.path] * 4))
    assert len(set(built)) == 1
    assert names(cache) == ["impact-" + built[0].id + ".duckdb", "impact.current", "impact.lock"]


def test_only_the_last_few_are_kept_and_the_current_one_always(programme_folder, cache):
    first = build.build(programme_folder.path)
    whole = programme_folder.text("programme_call")
    for number in range(build.KEPT):
        programme_folder.edit("programme_call", 0, {"title_it": f"Titolo {number}"})
        build.build(programme_folder.path)
        time.sleep(0.01)
    assert len(list(cache.glob("*.duckdb"))) == build.KEPT
    with pytest.raises(NoSnapshot):
        pinned("impact", first.id)
    programme_folder.file("programme_call").write_text(whole, encoding="utf-8")
    assert build.build(programme_folder.path).id == first.id
    assert len(list(cache.glob("*.duckdb"))) == build.KEPT


def test_a_build_writes_down_what_it_read_and_what_it_warned_of(invented):
    assert invented.note("id") == invented.id
    assert int(invented.note("rows")) > 1000
    assert invented.note("built").endswith("+00:00")
    warnings = cursor(invented).execute("SELECT * FROM warning").fetchall()
    assert [(one.severity, one.sentence("it"), one.sentence("en")) for one in build.check(ROOT / "data/example")] == (
        warnings
    )


def test_every_row_says_where_it_stands(snapshot):
    for name in ("source", "project", "deadline"):
        places = f'SELECT basis, "file", min(line), count(*) FROM {name} GROUP BY ALL'
        [(basis, file, first, count)] = cursor(snapshot).execute(places).fetchall()
        assert (basis, file, first) == (snapshot.programme.basis, f"{snapshot.programme_id}/{name}.csv", 2)
        assert count > 0


def test_a_programme_that_is_refused_does_not_hide_the_others(
    tmp_path, programme_folder, example_folder, cache, monkeypatch
):
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    (tmp_path / "data" / "third").mkdir()
    (tmp_path / "data" / "third" / "programme.toml").write_text("basis = ", encoding="utf-8")
    before = build.snapshots()
    assert list(before) == ["impact", "example"]
    programme_folder.file("source").write_bytes(b"")
    example_folder.edit("act", 0, {"title_it": "Altro titolo"})
    after = build.snapshots()
    assert after["impact"] == before["impact"]
    assert after["example"] != before["example"]


def test_a_folder_that_is_no_programme_is_said_to_be_none(tmp_path):
    with pytest.raises(ProgrammeError, match=r"no programme\.toml can be read there"):
        build.check(tmp_path)
    (tmp_path / "programme.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(ProgrammeError, match="not UTF-8"):
        build.check(tmp_path)


def test_a_delivered_database_is_one_file_that_any_reader_opens(snapshot):
    with duckdb.connect(str(snapshot.path), read_only=True) as db:
        assert db.execute("SELECT value FROM note WHERE key = 'id'").fetchall() == [(snapshot.id,)]
    assert not list(snapshot.path.parent.glob("*.wal"))


def test_an_open_programme_may_stand_at_its_newest_day(example_folder, cache):
    settings = example_folder.path / "programme.toml"
    whole = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub("default_as_of = .*", 'default_as_of = "newest"', whole), encoding="utf-8")
    received = max(row["received_on"] for row in example_folder.rows("sheet"))
    later = (date.fromisoformat(received) + timedelta(400)).isoformat()
    assert build.build(example_folder.path).programme.default_as_of >= date.fromisoformat(received)
    last = max(
        range(len(example_folder.rows("sheet"))), key=lambda row: example_folder.rows("sheet")[row]["received_on"]
    )
    example_folder.edit("sheet", last, {"received_on": later, "integration_asked_on": ""})
    assert build.build(example_folder.path).programme.default_as_of.isoformat() == later


def test_a_concluded_programme_may_not_stand_at_its_newest_day(programme_folder):
    settings = programme_folder.path / "programme.toml"
    whole = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub("default_as_of = .*", 'default_as_of = "newest"', whole), encoding="utf-8")
    with pytest.raises(ProgrammeError, match="default_as_of"):
        build.build(programme_folder.path)


def test_a_large_file_is_written_once_and_read_as_its_table(example_folder, cache, monkeypatch):
    """Rows that stay where they were typed are the rows of the table, with their basis, file and line."""
    small = build.build(example_folder.path)
    tables = {name: cursor(small).execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall() for name in contract()}
    release(small)
    small.path.unlink()
    monkeypatch.setattr(checks, "LARGE", 0)
    large = build.build(example_folder.path)
    views = cursor(large).execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    assert {name for name, rows in tables.items() if rows} <= {name for (name,) in views}
    for name, rows in tables.items():
        assert cursor(large).execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall() == rows
    part = Part("gap", "more", tuple(example_folder.rows("gap")[0]), ((2, ("new", "9", "data", "T", "T", "R", "R")),))
    with build.trial(example_folder.path, [DataFile(part, "more", "gap", "example")]) as trial:
        assert not errors(trial.problems)
        assert cursor(trial.snapshot).execute("SELECT count(*) FROM gap").fetchone() == (len(tables["gap"]) + 1,)


def test_a_fault_in_a_large_file_is_named_as_in_a_small_one(example_folder, monkeypatch):
    example_folder.edit("sheet_financial", 7, {"incurred_eur": "1.005"})
    example_folder.edit("act", 1, {"adopted_on": "2021-06-31"})
    small = example_folder.said()
    monkeypatch.setattr(checks, "LARGE", 0)
    assert example_folder.said() == small
    assert len(small) == 2
