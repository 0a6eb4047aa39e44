"""Headline figures as they stood when somebody last looked: a change of one is named, and has to be meant.

A change that is meant is written into `tests/figures/<programme>.json` by hand: day, metric, value and basis.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from impact_analytics.queries import Asked, values
from impact_analytics.semantics import metrics
from tests.shipped import shipped

FILES = sorted((Path(__file__).parent / "figures").glob("*.json"))


def written(value):
    """Return a value as the file holds it: amounts and days as text, shares to the sixth decimal."""
    if isinstance(value, float):
        return round(value, 6)
    return str(value) if isinstance(value, (Decimal, date)) else value


def figures(programme, day, names):
    found = values(Asked(shipped(programme), date.fromisoformat(day)), tuple(names))
    return {name: [written(found[name].value), found[name].basis] for name in names}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_headline_figures_have_not_moved(file):
    before = json.loads(file.read_text(encoding="utf-8"))
    assert len(before) == 5
    moved = []
    for day, known in before.items():
        assert set(known) <= set(metrics()), f"{file.name}, {day}: no longer metrics"
        now = figures(file.stem, day, known)
        moved += [
            f"{file.stem} as of {day}: {name} was {known[name]}, is {now[name]}"
            for name in known
            if known[name] != now[name]
        ]
    assert not moved, "\n" + "\n".join(moved)


def test_every_programme_that_is_shipped_has_its_figures():
    assert {file.stem for file in FILES} == {"example", "impact"}
