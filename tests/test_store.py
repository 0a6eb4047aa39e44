"""Readers never wait for a build, never see an error for one, and never see two states at once."""

import threading

import pytest

from impact_analytics import build
from impact_analytics.settings import ROOT
from impact_analytics.store import NoSnapshot, current, cursor, database, pinned, pointer

SWAPS = 4
WORDS = """
    SELECT c.title_it, c.title_en, p.note_it
    FROM programme_call AS c JOIN project AS p USING (call_id) WHERE p.line = 2
"""


def state(folder, word):
    """Write one word into three places of two files, so that a mixed read would be noticed."""
    folder.edit("programme_call", 0, {"title_it": word, "title_en": word})
    folder.edit("project", 0, {"note_it": word})


def read_until(stop, seen, failed):
    while not stop.is_set():
        try:
            snapshot = current("impact")
            words = cursor(snapshot).execute(WORDS).fetchone()
            seen.append((snapshot.id, words))
        except Exception as error:  # noqa: BLE001 - any error at all is what this test is about
            failed.append(error)
            return
        stop.wait(0.002)


def test_readers_see_no_error_and_no_mixed_state_while_the_database_is_swapped(programme_folder, cache):
    state(programme_folder, "state 0")
    build.build(programme_folder.path)
    stop, seen, failed = threading.Event(), [], []
    readers = [threading.Thread(target=read_until, args=(stop, seen, failed)) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, SWAPS + 1):
            state(programme_folder, f"state {number}")
            build.build(programme_folder.path)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert failed == []
    assert all(len(set(words)) == 1 for _, words in seen)
    assert len({id for id, _ in seen}) > 1, "the swaps were seen"
    assert len(seen) > SWAPS


def test_the_newest_snapshot_is_seen_at_once(programme_folder, cache):
    for word in ("one", "two", "three"):
        state(programme_folder, word)
        build.build(programme_folder.path)
        assert cursor(current("impact")).execute("SELECT title_it FROM programme_call").fetchone() == (word,)


def test_an_older_snapshot_that_is_kept_still_opens_and_has_not_changed(programme_folder, cache):
    state(programme_folder, "then")
    then = build.build(programme_folder.path)
    state(programme_folder, "now")
    build.build(programme_folder.path)
    reopened = pinned("impact", then.id)
    assert reopened == then
    assert cursor(reopened).execute("SELECT title_it FROM programme_call").fetchone() == ("then",)
    assert reopened.id != current("impact").id


@pytest.mark.parametrize("id", ["", "gone", "../impact", "a b", "%", "a/../../b", "è" * 9])
def test_a_snapshot_that_is_not_there_is_said_not_to_be(published, id):
    with pytest.raises(NoSnapshot):
        pinned("impact", id)


def test_without_a_pointer_there_is_no_current_snapshot(cache):
    with pytest.raises(NoSnapshot):
        current("impact")


def test_a_pointer_to_nothing_is_no_snapshot(cache):
    cache.mkdir()
    pointer("impact").write_text("0123456789abcdef", encoding="ascii")
    with pytest.raises(NoSnapshot):
        current("impact")


def test_a_reader_cannot_write(published):
    with pytest.raises(Exception, match="read-only"):
        cursor(published).execute("DELETE FROM source")


def test_two_snapshots_are_read_side_by_side(published, invented):
    first, second = cursor(published), cursor(invented)
    tables = "SELECT any_value(basis) FROM source"
    assert (first.execute(tables).fetchone(), second.execute(tables).fetchone()) == (("published",), ("example",))
    assert first.execute(tables).fetchone() == ("published",)


def test_many_snapshots_may_be_open_one_after_the_other(programme_folder, cache, monkeypatch):
    monkeypatch.setattr("impact_analytics.store.OPEN_AT_ONCE", 2)
    built = []
    for word in ("one", "two", "three", "four"):
        state(programme_folder, word)
        built.append((build.build(programme_folder.path), word))
    for snapshot, word in built + built:
        assert cursor(snapshot).execute("SELECT title_it FROM programme_call").fetchone() == (word,)


def test_a_cursor_lent_before_its_connection_was_given_up_goes_on(programme_folder, cache, monkeypatch):
    monkeypatch.setattr("impact_analytics.store.OPEN_AT_ONCE", 1)
    state(programme_folder, "one")
    lent = cursor(build.build(programme_folder.path))
    state(programme_folder, "two")
    cursor(build.build(programme_folder.path))
    assert lent.execute("SELECT title_it FROM programme_call").fetchone() == ("one",)


def test_columns_are_those_of_the_snapshot_s_own_tables(snapshot):
    assert {"source_id", "basis", "file", "line"} <= snapshot.columns["source"]
    assert {"amount_eur", "known_from", "basis"} <= snapshot.columns["fact_funding"]


def test_a_note_that_was_not_written_is_said_not_to_be(published):
    with pytest.raises(NoSnapshot, match="unheard"):
        published.note("unheard")


def test_the_programme_is_as_it_was_when_the_snapshot_was_built(programme_folder, cache):
    then = build.build(programme_folder.path)
    toml = programme_folder.path / "programme.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace('status = "concluded"', 'status = "open"'), encoding="utf-8"
    )
    now = build.build(programme_folder.path)
    assert (then.programme.is_open, now.programme.is_open) == (False, True)


def test_databases_stand_in_the_cache_and_nowhere_in_the_checkout(published):
    assert database("impact", published.id) == published.path
    assert ROOT not in published.path.parents
