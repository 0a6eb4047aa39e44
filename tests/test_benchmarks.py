"""The benchmarks can measure: one real run against the empty page. What they find is printed by `make bench` only."""

import asyncio

import pytest

from benchmarks import bulk
from benchmarks.__main__ import Compared, Figures, table, written
from benchmarks.driver import Failed, load
from benchmarks.servers import serving
from impact_analytics import build


@pytest.fixture(scope="module")
def port():
    with serving("benchmarks/empty.py") as port:
        yield port


def test_a_session_changes_one_choice_after_another(port):
    had = set()
    done = asyncio.run(load(port, "page1", sessions=1, steps=2, seed="a", had=had))
    assert len(done.reruns) == len(had) == 2
    assert all(rerun.seconds > 0 and rerun.bytes > 1000 for rerun in done.reruns)
    assert done.rate > 0


def test_another_page_than_the_one_asked_for_is_an_error(port):
    with pytest.raises(Failed, match="no such page"):
        asyncio.run(load(port, "nowhere", sessions=1, steps=1, seed="a", had=set()))


def test_a_lost_parameter_is_an_error(port):
    with pytest.raises(Failed, match="has lost"):
        asyncio.run(load(port, "", "programme=two", sessions=1, steps=1, seed="a", had=set()))


def test_ratios_are_taken_round_by_round():
    floors = [Figures(100, 20, (7,)), Figures(50, 10, (7,)), Figures(10, 10, (7,))]
    ours = [Figures(100, 20, (30, 30)), Figures(100, 5, (30, 31)), Figures(30, 5, (30, 61))]
    row = table([Compared("a", "b", one, floor) for one, floor in zip(ours, floors, strict=True)])[0]
    assert (row.ms, row.latency, row.rate, row.kb, row.max_kb) == (100, 2, 0.5, 30, 61)
    assert "the limits do not hold" in written([row])


def test_the_programme_of_many_rows_is_valid(tmp_path):
    rows = bulk.write(tmp_path / "bulk", 20_000)
    assert build.check(tmp_path / "bulk") == []
    text = (tmp_path / "bulk" / "sheet_financial.csv").read_text(encoding="utf-8")
    assert text.count("\n") == rows + 1 == 20_001


def test_a_ratio_of_many_rows_is_that_of_a_round():
    rounds = [
        {"copy": {"seconds": copy, "mb": 1.0}, "build": {"seconds": built, "mb": 2.0}}
        for copy, built in ((1.0, 2.0), (2.0, 8.0), (1.0, 6.0))
    ]
    assert "4.00× (at most 3×): the limit does not hold" in bulk.told(1, rounds)
