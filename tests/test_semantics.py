"""Every metric by every dimension, against what the layer promises; no metric is named except to show a rule."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact_analytics.queries import Asked, answer, names, values
from impact_analytics.semantics import dimensions, lacking, measures, metrics, select, worked_out
from tests.shipped import shipped

PROGRAMMES = ("impact", "example")
DAYS = (date(2019, 12, 31), date(2021, 8, 7), date(2023, 6, 30), date(2024, 12, 31))


def asking(programme: str, day: date = DAYS[-1], **where: tuple[str, ...]) -> Asked:
    return Asked(shipped(programme), day, tuple(sorted(where.items())))


def alike(value: object) -> object:
    """Allow a float the noise of another order of adding; amounts must be the same."""
    return pytest.approx(value) if isinstance(value, float) else value


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("dimension", dimensions())
def test_parts_make_the_whole(dimension, programme):
    asked = Asked(shipped(programme), DAYS[-1], days=DAYS)
    whole, _ = answer(asked, tuple(metrics()))
    split, not_split = answer(asked, tuple(metrics()), (dimension,))
    for name, metric in metrics().items():
        assert (name in not_split) == bool(lacking(name, [dimension], asked.snapshot.columns))
        if metric.adds and name not in not_split:
            for _, row in whole.iterrows():
                parts = [part for part in split[split["as_of"] == row["as_of"]][name] if part is not None]
                assert sum(parts) == (row[name] or 0), (name, row["as_of"])


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_filter_narrows_or_says_that_it_cannot(programme):
    asked = asking(programme)
    for dimension in (id for id, known in dimensions().items() if known.filter):
        for chosen in list(names(asked.snapshot, dimension, "en"))[:3]:
            narrowed = values(asking(programme, **{dimension: (chosen,)}), tuple(metrics()))
            split, not_split = answer(asked, tuple(metrics()), (dimension,))
            row = split[split[dimension] == chosen]
            for name, value in narrowed.items():
                assert bool(value.not_split) == (name in not_split), name
                if not value.not_split:
                    expected = row.iloc[0][name] if len(row) else None
                    assert value.value == alike(expected) or (not value.value and not expected), name


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_several_days_give_what_each_day_gives(programme):
    together = Asked(shipped(programme), DAYS[-1], days=DAYS)
    frame, _ = answer(together, tuple(metrics()))
    for day in DAYS:
        alone = values(asking(programme, day), tuple(metrics()))
        row = frame[frame["as_of"] == day].iloc[0]
        assert {name: alike(row[name]) for name in metrics()} == {name: value.value for name, value in alone.items()}


def test_a_ratio_has_the_weakest_basis_and_never_an_estimate():
    estimated = {name for name, metric in metrics().items() if "estimate" in metric.source}
    assert estimated
    for name, metric in metrics().items():
        if metric.numerator:
            assert not estimated & {part.id for part in measures([name])}, name
        if name in estimated:
            assert not metric.comparable, name


def test_a_join_of_two_facts_does_not_fan_out():
    asked = asking("example")
    found = values(asked, ("incurred_in_force", "funding_in_force", "expenditure_progress"))
    expected = found["incurred_in_force"].value / found["funding_in_force"].value
    assert found["expenditure_progress"].value == pytest.approx(float(expected))
    by_territory, _ = answer(asked, ("incurred_in_force", "funding_in_force", "expenditure_progress"), ("territory",))
    for row in by_territory.to_dict("records"):
        if row["funding_in_force"]:
            assert row["expenditure_progress"] == pytest.approx(
                float((row["incurred_in_force"] or 0) / row["funding_in_force"])
            )


def test_readers_choices_are_parameters_only():
    nasty = "x'); DROP TABLE source; --"
    asked = asking("impact", territory=(nasty,))
    for metric in measures(metrics()):
        assert nasty not in select(metric, (), tuple(asked.chosen), asked.snapshot.columns)
    assert values(asked, ("funding",))["funding"].value is None


def test_amounts_are_decimals_to_the_cent():
    for name, value in values(asking("example"), tuple(metrics())).items():
        if value.unit == "eur" and value.value is not None:
            assert isinstance(value.value, Decimal), name
            assert value.value == value.value.quantize(Decimal("0.01")), name


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_metric_and_dimension_has_words(lang):
    for metric in metrics().values():
        assert {"name", "short", "definition"} <= set(metric.words(lang))
        assert metric.formula
    for programme, (id, dimension) in product(PROGRAMMES, dimensions().items()):
        assert {"name", "all"} <= set(dimension.words(lang))
        assert all(names(asking(programme).snapshot, id, lang).values())


def test_no_metric_reads_what_does_not_exist():
    columns = asking("example").snapshot.columns
    for metric in metrics().values():
        for part in measures([metric.id]):
            assert part.source.startswith("mart_") or part.source in columns


@given(data=st.data(), name=st.sampled_from(sorted(metrics())))
def test_a_figure_with_an_estimate_in_it_is_never_published(data, name):
    parts = measures([name])
    bases = st.sampled_from(["", "published", "supplied", "estimate", "mixed"])
    values = st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=2))
    found = {part.id: (data.draw(values), data.draw(bases)) for part in parts}
    value, basis = worked_out(name, found)
    used = {basis for _, basis in found.values()} - {""}
    assert (basis == "mixed") == ("mixed" in used)
    if "mixed" in used:
        assert value is None
    elif "estimate" in used:
        assert basis == "estimate"
    else:
        assert basis in used | {""}
