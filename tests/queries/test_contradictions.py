"""Other readings of contradictions: what they change is what a folder says in which they are written."""

import random
from dataclasses import replace
from datetime import date

import pytest

from impact_analytics import build
from impact_analytics.queries import Asked, contradictions, values
from impact_analytics.semantics import metrics
from tests.conftest import copied
from tests.queries.asking import PROGRAMMES, oracle
from tests.shipped import shipped

NAMES = tuple(metrics())
DRAWN = random.Random(30)
DAYS = [date.fromordinal(DRAWN.randint(736_700, 739_400)) for _ in range(4)]
READ_OTHERWISE = [
    (programme, id)
    for programme in PROGRAMMES
    for id in dict.fromkeys(row["contradiction_id"] for row in oracle(programme).typed("alternative"))
]


def rewritten(folder, id):
    """Write the other reading of a contradiction into a folder's own files."""
    for one in [row for row in folder.rows("alternative") if row["contradiction_id"] == id]:
        rows = folder.rows(one["table_name"])
        meant = [row for row in rows if row[one["key_column"]] == one["key_value"]]
        assert meant
        for row in meant if one["column_name"] else ():
            row[one["column_name"]] = one["value"]
        folder.write(one["table_name"], rows if one["column_name"] else [row for row in rows if row not in meant])
    folder.file("alternative").unlink()
    return build.build(folder.path)


@pytest.mark.parametrize(("programme", "id"), READ_OTHERWISE)
def test_an_other_reading_is_that_of_the_files_rewritten(programme, id, tmp_path, cache):
    expected = rewritten(copied(programme, tmp_path), id)
    found = build.alternative(build.build(copied(programme, tmp_path / "as_it_is").path), id)
    asked = [Asked(found, found.programme.default_as_of), *(Asked(found, day) for day in DAYS)]
    for one in asked:
        assert told(one) == told(replace(one, snapshot=expected)), one.as_of


def told(asked):
    """Return every figure and its basis; floats are worked out in another order."""
    found = values(asked, NAMES)
    return {
        name: (round(one.value, 9) if isinstance(one.value, float) else one.value, one.basis)
        for name, one in found.items()
    }


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_what_has_no_other_reading_is_not_tried(programme, cache, tmp_path):
    snapshot = build.build(copied(programme, tmp_path).path)
    for row in oracle(programme).typed("contradiction"):
        id = row["contradiction_id"]
        assert (build.alternative(snapshot, id) is not None) == ((programme, id) in READ_OTHERWISE)


def test_the_effect_names_every_figure_that_changes_and_no_other(cache, tmp_path):
    snapshot = build.build(copied("impact", tmp_path).path)
    unsettled = sum(row["counts_in_total"] == "unsettled" for row in oracle("impact").typed("partner"))
    asked = Asked(snapshot, snapshot.programme.default_as_of)
    other = build.alternative(snapshot, "partner_counts")
    found = {moved.metric: moved for moved in contradictions.effect(asked, other)}
    assert set(found) == {"partners_known", "partners_unsettled"}
    assert found["partners_known"].difference == unsettled > 0
    narrowed = Asked(snapshot, asked.as_of, (("territory", ("ITI1",)),))
    assert contradictions.effect(narrowed, other) == ()


def test_an_other_reading_is_made_once_and_goes_with_its_snapshot(programme_folder, cache, monkeypatch):
    monkeypatch.setattr(build, "KEPT", 1)
    first = build.alternative(build.build(programme_folder.path), "millions")
    stamp = first.path.stat().st_mtime_ns
    assert build.alternative(build.build(programme_folder.path), "millions").path.stat().st_mtime_ns == stamp
    programme_folder.edit("gap", 0, {"title_en": "Another title"})
    build.build(programme_folder.path)
    assert not first.path.exists()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"table_name": "endowments"}, "column table_name: “endowments” is not a table."),
        ({"key_column": "id"}, "column key_column: table endowment has no column “id”."),
        ({"column_name": "amount"}, "column column_name: table endowment has no column “amount”."),
        ({"key_value": "nobody"}, "column key_value: in table endowment no row has “nobody” in the key column"),
        ({"value": "a lot"}, "column value: “a lot” cannot stand in column amount_eur of table endowment."),
        ({"column_name": "kind", "value": ""}, "column value: the cell is empty but the value is required."),
        ({"column_name": ""}, "column column_name: the cell is empty but the value is required."),
        ({"contradiction_id": "no_such"}, "“no_such” does not exist in table contradiction."),
    ],
)
def test_a_broken_one_is_named(programme_folder, cells, said):
    place = [row["contradiction_id"] for row in programme_folder.rows("alternative")].index("millions")
    programme_folder.edit("alternative", place, cells)
    every = programme_folder.said() + programme_folder.said(severity="warning")
    (sentence,) = [one for one in every if "alternative.csv" in one]
    assert sentence.startswith(f"impact/alternative.csv, row {place + 2}, ")
    assert said in sentence


def test_the_page_asks_the_shipped_snapshots():
    assert {id for programme, id in READ_OTHERWISE if programme == "impact"} <= set(
        contradictions.register(Asked(shipped("impact"), date(2023, 6, 30)), "en")["id"]
    )
