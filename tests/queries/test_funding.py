"""The equation to the cent, on page, CSV and SQL; the rule, and what it predicts."""

from datetime import date
from decimal import Decimal

import pytest

from impact_analytics.queries import Asked, funding, value
from impact_analytics.store import cursor
from tests.shipped import shipped

END = date(2023, 6, 30)


def asking(programme: str = "impact", day: date = END, **where) -> Asked:
    return Asked(shipped(programme), day, tuple(sorted(where.items())))


def test_total_is_known_plus_rest_to_the_cent():
    found = funding.equation(asking())
    assert (found.total_eur, found.known_eur, found.rest_eur) == (
        Decimal("25807320.08"),
        Decimal("5538000.00"),
        Decimal("20269320.08"),
    )
    assert (found.known, found.estimated) == (3, 17)
    assert value(asking(), "funding_estimated").value == found.rest_eur
    assert value(asking(), "funding_not_broken_down").value == found.rest_eur


def test_estimates_follow_the_rule_and_make_the_rest():
    with_rule = "SELECT sum(amount_eur), count(*), min(basis), max(basis) FROM fact_funding_estimate"
    total, count, least, most = cursor(asking().snapshot).execute(with_rule).fetchone()
    assert (total, count, least, most) == (Decimal("20269320.08"), 17, "estimate", "estimate")
    rule = funding.rule(asking(), "en")
    assert rule["rate_eur"] == pytest.approx(4.8901, abs=0.00005)
    rows = funding.by_territory(asking(), "en")
    tuscany = rows[rows["id"] == "ITI1"].iloc[0]
    assert Decimal(1955000) < tuscany["value"] < Decimal(1965000)


def test_rule_predicts_the_known_amounts_without_themselves():
    found = {row["label"]: row["error"] for row in funding.predictions(asking(), "en").to_dict("records")}
    assert found["Emilia-Romagna"] == pytest.approx(0.008, abs=0.001)
    assert found["Veneto"] == pytest.approx(0.008, abs=0.001)
    assert found["P.A. Trento"] == pytest.approx(-0.018, abs=0.001)


def test_estimates_stand_behind_the_known_amounts_and_by_name():
    rows = funding.by_territory(asking(), "it")
    bases = rows["basis"].tolist()
    assert bases == sorted(bases, key=lambda basis: basis == "estimate")
    guessed = rows[rows["basis"] == "estimate"]["label"].tolist()
    assert guessed == sorted(guessed)


def test_nothing_is_estimated_before_its_grounds_are_known():
    early = asking(day=date(2018, 6, 30))
    assert funding.equation(early).total_eur is None
    assert value(early, "funding_estimated").value is None
    assert value(early, "endowment").value == Decimal("26344000.00")


def test_no_estimate_where_all_amounts_are_known():
    found = funding.equation(asking("example", date(2024, 12, 31)))
    assert (found.estimated, found.rest_eur) == (0, Decimal(0))
    assert funding.rule(asking("example", date(2024, 12, 31)), "en") == {}


def test_withdrawn_project_leaves_the_funding_in_force():
    before, after = asking(day=date(2019, 9, 29)), asking(day=date(2019, 9, 30))
    assert value(before, "funding_in_force").value - value(after, "funding_in_force").value == Decimal("538000.00")
    assert value(before, "funding").value == value(after, "funding").value
    assert value(asking(day=date(2020, 6, 10)), "recovery_ordered").value is None
    assert value(asking(day=date(2020, 6, 11)), "recovery_ordered").value == Decimal("376600.00")


def test_an_amount_that_is_not_public_stays_unknown():
    rows = funding.endowment_history(asking(), "en")
    assert rows["value"].isna().tolist() == [False, False, True]
    assert value(asking(), "endowment").value == Decimal("25807320.08")
