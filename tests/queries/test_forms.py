"""Forms are filled with what a snapshot says, as known when the sheet was received."""

import csv
from datetime import date

import pytest

from impact_analytics.queries import forms
from impact_analytics.settings import ROOT
from impact_analytics.sheets.form import SECTIONS, programme_lists

PROJECT = "e1-T02"


def table(name):
    with (ROOT / "data" / "example" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def shown(form, section, *columns):
    return [tuple(row.cells.get(column) for column in columns) for row in form.known(SECTIONS[section])]


@pytest.mark.parametrize(
    ("period", "version"), [("2020-Q1", 1), ("2021-Q4", 1), ("2022-Q1", 1), ("2022-Q4", 1), ("2024-Q3", None)]
)
def test_budget_and_target_are_those_in_force_when_the_sheet_was_received(invented, period, version):
    sheet = [
        row
        for row in table("sheet")
        if (row["project_id"], row["period_id"], row["version"]) == (PROJECT, period, str(version))
    ]
    known = sheet[0]["received_on"] if sheet else date.max.isoformat()
    form = forms.form(invented, PROJECT, period, version)
    budget = {}
    for row in sorted(table("budget"), key=lambda row: int(row["version"])):
        if row["project_id"] == PROJECT and row["known_from"] <= known:
            budget[row["action_line"], row["cost_category"]] = row["amount_eur"]
    assert {
        (line, category): amount
        for line, category, amount in shown(form, "financial", "action_line", "cost_category", "budget_eur")
    } == budget
    target = {}
    for row in sorted(table("indicator_target"), key=lambda row: int(row["version"])):
        if row["project_id"] == PROJECT and row["known_from"] <= known:
            target[row["indicator_id"]] = row["target"]
    assert dict(shown(form, "physical", "indicator_id", "target")) == target


def test_previous_values_are_the_newest_version_known_when_the_sheet_was_received(invented):
    sheets = sorted(table("sheet"), key=lambda row: (row["period_id"], int(row["version"])))
    for row in [row for row in sheets if row["project_id"] == "e1-T04"][1:]:
        earlier = [
            other
            for other in sheets
            if other["project_id"] == "e1-T04"
            and other["period_id"] < row["period_id"]
            and other["received_on"] <= row["received_on"]
        ]
        before = {
            (line["action_line"], line["cost_category"]): line["incurred_eur"]
            for line in table("sheet_financial")
            if line["sheet_id"] == earlier[-1]["sheet_id"]
        }
        form = forms.form(invented, "e1-T04", row["period_id"], int(row["version"]))
        found = shown(form, "financial", "action_line", "cost_category", "previous_incurred_eur")
        assert {(line, category): amount for line, category, amount in found} == before


def test_the_first_form_of_a_project_has_nothing_before_it(invented):
    form = forms.form(invented, PROJECT, "2020-Q1")
    assert form.general["previous"] == {"it": "nessuna scheda precedente", "en": "no sheet before"}
    assert set(shown(form, "financial", "previous_incurred_eur", "incurred_eur")) == {(None, None)}
    assert form.authority == {}


def test_a_new_form_asks_for_every_known_partner_and_carries_the_schedule_on(invented):
    form = forms.form(invented, PROJECT, "2024-Q4")
    partners = [row["name"] for row in table("partner") if row["project_id"] == PROJECT]
    assert [name for name, active in shown(form, "network", "partner", "active") if active is None] == partners
    assert all(state is None and before for state, before in shown(form, "procedural", "state", "previous_state"))
    assert all(end for (end,) in shown(form, "procedural", "approved_end_on"))


def test_projects_are_those_of_whom_a_sheet_is_expected(invented):
    periods = forms.periods_of(invented)
    assert periods == [row["period_id"] for row in table("reporting_period")]
    ids = {row["project_id"] for row in table("project")}
    assert set(forms.projects_of(invented, periods[0])) <= ids
    withdrawn = {row["project_id"]: row["withdrawn_on"] for row in table("project") if row["withdrawn_on"]}
    assert withdrawn
    assert not set(forms.projects_of(invented, periods[-1])) & set(withdrawn)
    assert forms.versions_of(invented, PROJECT, "2022-Q4") == [1, 2]


@pytest.mark.parametrize(
    ("project", "period", "version"),
    [("no_such", "2022-Q4", None), (PROJECT, "1999-Q1", None), (PROJECT, "2022-Q4", 9)],
)
def test_what_is_not_there_is_named(invented, project, period, version):
    with pytest.raises(forms.Unknown):
        forms.form(invented, project, period, version)
    with pytest.raises(forms.Unknown):
        forms.projects_of(invented, "1999-Q1")


def test_a_form_carries_every_list_that_its_columns_ask_for(invented):
    form = forms.form(invented, PROJECT, "2022-Q4")
    assert {name for name in programme_lists() if not form.lists.get(name)} == set()


def test_a_programme_without_periods_has_no_forms(published):
    assert forms.periods_of(published) == []
