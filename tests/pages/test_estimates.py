"""No estimate enters a rank, rate, ratio, scatter or denominator: other estimates change nothing but what is written ≈.

The same programme is shown twice, the second time with another rule of allocation: the published amounts stay, the
estimates change, and so does their order by amount.
"""

import csv
import io
import json
import re
import shutil
from decimal import Decimal

import openpyxl
import pytest

from impact_analytics import build
from impact_analytics.formats import UNITS, full
from impact_analytics.queries import Asked, answer, funding, periods, territories
from impact_analytics.semantics import lacking, metrics
from impact_analytics.settings import ROOT
from impact_analytics.theme import CLEAR
from tests.conftest import Editable
from tests.shipped import shipped
from tests.shown import sights

NEARLY = "≈"
RULE = "allocation_rule"
OTHER = {"fixed_eur": "200000.00", "need": "foreign_residents", "reference_on": "2020-01-01"}


@pytest.fixture(scope="module")
def other_data(tmp_path_factory):
    """The data folder with another rule of allocation."""
    files = shutil.ignore_patterns("*.py", "README.md", "supplied", "__pycache__")
    data = shutil.copytree(ROOT / "data", tmp_path_factory.mktemp("other") / "data", ignore=files)
    Editable(data / "impact").edit(RULE, 0, OTHER)
    return data


@pytest.fixture(scope="module")
def pairs(other_data):
    """Every view of the programme as shipped, beside the same view with other estimates."""
    one, other = sights("impact"), sights("impact", other_data)
    assert [sight.where for sight in one] == [sight.where for sight in other]
    return list(zip(one, other, strict=True))


def amounts(snapshot):
    asked = Asked(snapshot, snapshot.programme.default_as_of)
    rows = funding.by_territory(asked, "en")
    return {row["id"]: row for row in rows.to_dict("records")}


def test_the_other_rule_changes_the_estimates_and_their_order_alone(other_data):
    one, other = amounts(shipped("impact")), amounts(build.build(other_data / "impact"))
    guessed = [id for id, row in one.items() if row["basis"] == "estimate"]
    assert len(guessed) > 9
    assert all(one[id]["value"] != other[id]["value"] for id in guessed)
    assert sorted(guessed, key=lambda id: one[id]["value"]) != sorted(guessed, key=lambda id: other[id]["value"])
    firm = [id for id in one if id not in guessed]
    assert {id: one[id]["value"] for id in firm} == {id: other[id]["value"] for id in firm}


def test_charts_show_estimates_as_outlines_behind_all_else(pairs):
    changed = 0
    for sight, other in pairs:
        for one, two in zip(sight.figures, other.figures, strict=True):
            place = (sight.where, one.key)
            assert one.alt == two.alt, place
            assert frame_of(one.spec) == frame_of(two.spec), place
            for trace, again in zip(one.spec["data"], two.spec["data"], strict=True):
                if stub(trace) != stub(again):
                    changed += 1
                    assert_outlined(trace, one.spec, place)
                    assert {**trace, "x": 0, "text": 0, "hovertext": 0} == {**again, "x": 0, "text": 0, "hovertext": 0}
    assert changed


def frame_of(spec):
    """Return what a figure shows beside its traces, without the room that bars and labels take."""
    layout = json.loads(json.dumps(spec["layout"]))
    layout["xaxis"].pop("range", None)
    layout["margin"].pop("r", None)
    return layout


def stub(trace):
    """Return a trace; the hatch that stands for no value is as long as the scale wants it."""
    return {**trace, "x": None} if "pattern" in trace.get("marker", {}) else trace


def assert_outlined(trace, spec, place):
    """Hold that a trace of estimates is a row of outlines with ≈ below every row that is none."""
    assert trace["marker"]["color"] == CLEAR, place
    assert trace["marker"]["line"]["width"] > 0, place
    assert all(NEARLY in said for said in (*trace["text"], *trace["hovertext"])), place
    firm = [row for one in spec["data"] if one is not trace and "pattern" not in one["marker"] for row in one["y"]]
    assert min(trace["y"]) > max(firm, default=-1), place
    names = [re.sub(r"\W", "", spec["layout"]["yaxis"]["ticktext"][row]) for row in trace["y"]]
    assert names == sorted(names), place


def test_maps_class_no_estimate(pairs):
    changed = 0
    for sight, other in pairs:
        for one, two in zip(sight.maps, other.maps, strict=True):
            assert one.alt == two.alt, sight.where
            for before, after in differing(one.spec, two.spec):
                changed += 1
                if isinstance(before, str) and not before.startswith(NEARLY):
                    assert set(before + after) <= set("0123456789., ≈\u00a0"), (sight.where, before, after)  # of a font
                else:
                    assert before.startswith(NEARLY) == after.startswith(NEARLY), (sight.where, before, after)
    assert changed


def differing(one, other):
    """Yield the leaves in which two documents of the same form differ."""
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one.keys() - {"characterSet"}:  # the letters that the labels need
            yield from differing(one[key], other[key])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for before, after in zip(one, other, strict=True):
            yield from differing(before, after)
    elif one != other:
        yield one, other


def test_pages_say_nothing_of_an_estimate_without_its_sign(pairs):
    changed = 0
    for sight, other in pairs:
        rule = full(Decimal(340000), UNITS["eur"], sight.lang)
        feet = [*sight.html[1:], ""]
        for one, two, foot in zip(sight.html, other.html, feet, strict=True):
            if "basis-estimate" in foot:
                continue  # all of it is an estimate: how well the rule predicts
            for before, after in zip(words(one), words(two), strict=True):
                if before != after and rule not in before:
                    changed += 1
                    assert is_guessed(before, after), (sight.where, before, after)
    assert changed


def words(html):
    """Return the words of a piece of a page, each rule of a style on its own."""
    return [part for part in re.split(r"<[^>]*>|\}", html) if part.strip()]


def is_guessed(*said):
    return all(isinstance(one, str) and NEARLY in one for one in said)


def test_files_hold_no_estimate_without_its_sign(pairs, other_data):
    changed = 0
    ids = shipped("impact").id, build.build(other_data / "impact").id
    for sight, other in pairs:
        assert [file.name for file in sight.files] == [file.name for file in other.files]
        for one, two in zip(sight.files, other.files, strict=True):
            if RULE not in one.name:
                for before, after in zip(cells(one, ids), cells(two, ids), strict=True):
                    changed += before != after
                    assert before == after or is_guessed(before, after), (sight.where, one.name, before, after)
    assert changed


def cells(file, ids):
    """Return every cell of a file, without the ids of snapshots."""
    if file.name.endswith(".csv"):
        found = [cell for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig"))) for cell in row]
    elif file.name.endswith(".txt"):
        found = file.content.decode("utf-8-sig").splitlines()
    else:
        book = openpyxl.load_workbook(io.BytesIO(file.content))
        found = [cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row]
    return ["" if isinstance(cell, str) and cell.endswith(ids) else cell for cell in found]


def test_no_metric_that_compares_is_an_estimate():
    snapshot = shipped("impact")
    names = tuple(id for id, one in metrics().items() if one.comparable or one.numerator)
    split = tuple(id for id in names if not lacking(id, ("territory",), snapshot.columns))
    days = periods(snapshot)
    for wanted, by in ((names, ()), (split, ("territory",))):
        frame, _ = answer(Asked(snapshot, days[-1], days=days), wanted, by)
        assert not [name for name in wanted if name in frame and (frame[f"{name}_basis"] == "estimate").any()]


def test_where_an_estimate_stands_in_it_is_not_ranked():
    asked = Asked(shipped("impact"), shipped("impact").programme.default_as_of)
    guessing = 0
    for metric in territories.offered(asked):
        rows = territories.by_metric(asked, metric, "it").to_dict("records")
        known = [row for row in rows if row["value"] is not None]
        bases = [row["basis"] == "estimate" for row in known]
        assert bases == sorted(bases), metric
        firm = [float(row["value"]) for row in known if row["basis"] != "estimate"]
        assert firm == sorted(firm, reverse=True), metric
        guessed = [row["label"] for row in known if row["basis"] == "estimate"]
        assert guessed == sorted(guessed), metric
        guessing += bool(guessed)
    assert guessing
