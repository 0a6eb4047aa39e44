"""The ledgers answer, to the cent and as of any day, what a slow reading of the raw rows answers."""

import random
from datetime import date, timedelta

import pytest

from impact_analytics.queries import Asked, answer, values
from impact_analytics.settings import ROOT
from tests.oracle import Oracle
from tests.shipped import shipped

FOLDERS = {name: ROOT / "data" / name for name in ("example", "impact")}
ORACLES = {name: Oracle(folder) for name, folder in FOLDERS.items()}
DRAWN = random.Random(20)
DAYS = sorted({date(2018, 6, 1) + timedelta(days=DRAWN.randrange(2450)) for _ in range(30)} | {date(2024, 12, 31)})


@pytest.mark.parametrize("programme", FOLDERS)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_money_as_of_a_day(day, programme):
    oracle = ORACLES[programme]
    asked = Asked(shipped(programme), day)
    expected = {
        "funding": oracle.funding(day),
        "funding_in_force": oracle.funding(day, active=True),
        "incurred": sum(oracle.incurred(day).values()),
        "commitments": sum(oracle.incurred(day, "committed_eur").values()),
        "incurred_in_force": sum(oracle.incurred(day, active=True).values()),
        "uncovered_advance": oracle.uncovered(day),
        **oracle.requests(day),
    }
    found = values(asked, tuple(expected))
    assert {name: found[name].value or 0 for name in expected} == expected


@pytest.mark.parametrize("day", DAYS[::5], ids=str)
@pytest.mark.parametrize(("dimension", "column"), [("action_line", "action_line"), ("cost_category", "cost_category")])
def test_expenditure_split(day, dimension, column):
    asked = Asked(shipped("example"), day)
    frame, _ = answer(asked, ("incurred",), (dimension,))
    found = {
        key: amount for key, amount in zip(frame.get(dimension, []), frame.get("incurred", []), strict=True) if amount
    }
    assert found == {key: amount for key, amount in ORACLES["example"].incurred(day, by=column).items() if amount}


def test_grades_of_sheets():
    oracle = ORACLES["example"]
    for day in DAYS:
        asked = Asked(shipped("example"), day)
        found = values(asked, tuple(f"sheets_{grade}" for grade in ("received", "late", "to_be_completed", "missing")))
        expected = oracle.grades(day, late_days=asked.params()["late_days"])
        assert {name.removeprefix("sheets_"): value.value or 0 for name, value in found.items()} == expected, day
