"""The overview: the time line, what needs action and what was reached, beside a slow reading of the raw rows."""

from datetime import timedelta
from decimal import Decimal

import pytest

from impact_analytics.frames import records
from impact_analytics.queries import overview
from tests.queries.asking import NARROWED, PROGRAMMES, ways

pytestmark = [pytest.mark.parametrize("programme", PROGRAMMES), pytest.mark.parametrize("narrowed", NARROWED)]
WORDS = {"term": "Term", "incurred": "Incurred", "paid": "Paid", "final_report": "Final report"}


def test_the_time_line_shows_acts_terms_and_limits_in_order(programme, narrowed):
    for way in ways(programme, narrowed):
        found = records(overview.timeline(way.asked, "en", WORDS))
        shown = [(row["on"], row["kind"], row["label"], row["note"]) for row in found]
        assert shown == sorted(moments(way)), way.asked


def moments(way):
    known = way.oracle
    acts = [row for row in known.known("act", way.day) if row["milestone"] == "true"]
    yield from ((row["adopted_on"], "act", row["short_en"], row["title_en"]) for row in acts)
    decided = [row for row in known.typed("deadline") if (row["known_from"] or row["decided_not_after"]) <= way.day]
    whole = {row["ends_on"] for row in decided if row["project_id"] is None or row["extension"] == "first"}
    yield from ((day, "term", "Term", "") for day in whole)
    yield from ((day, "limit", WORDS[kind], "") for kind, day in limits(way).items())


def limits(way):
    """Return the legal limit in force of each kind."""
    rows = sorted(way.oracle.known("legal_limit", way.day), key=lambda row: row["known_from"])
    return {row["kind"]: row["limit_on"] for row in rows}


def test_periods_that_have_begun(programme, narrowed):
    for way in ways(programme, narrowed):
        begun = [row for row in way.oracle.typed("reporting_period") if row["starts_on"] <= way.day]
        expected = [(row["starts_on"], row["ends_on"], row["period_id"]) for row in begun]
        found = records(overview.reporting_periods(way.asked))
        assert [(row["start"], row["end"], row["label"]) for row in found] == sorted(expected)


def test_the_time_line_spans_from_the_call_to_the_last_end(programme, narrowed):
    for way in ways(programme, narrowed):
        opened = min(row["opened_on"] for row in way.oracle.typed("programme_call"))
        decided = [
            row for row in way.oracle.typed("deadline") if (row["known_from"] or row["decided_not_after"]) <= way.day
        ]
        assert overview.span(way.asked) == (
            opened,
            max([way.day, *(row["ends_on"] for row in decided), *limits(way).values()]),
        )


def test_what_needs_action(programme, narrowed):
    for way in ways(programme, narrowed):
        found = records(overview.pending(way.asked, "en"))
        names = ("topic", "who", "days", "eur", "reference", "territory")
        shown = [tuple(row[name] for name in names) for row in found]
        expected = list(actions(way))
        assert sorted(shown, key=str) == sorted(expected, key=str), way.asked
        weights = [(row[0] != "limit", -(row[3] or 0) * row[2], -row[2], row[4]) for row in shown]
        assert weights == sorted(weights), way.asked


def actions(way):
    for kind, day in limits(way).items():
        if way.day <= day <= way.day + timedelta(days=365):
            yield "limit", "authority", (day - way.day).days, None, kind, None
    for topic, who, project, *rest in of_projects(way):
        if way.oracle.inside(project, way.where):
            yield topic, who, *rest, way.oracle.projects()[project]["territory"]


def of_projects(way):
    known, day = way.oracle, way.day
    for row in known.known("payment_request", day, "submitted_on"):
        if not row["decided_on"] or row["decided_on"] > day:
            steps = [
                one for one in known.known("request_step", day, "on_date") if one["request_id"] == row["request_id"]
            ]
            last = max(steps, key=lambda one: int(one["position"]))
            since = max(one["on_date"] for one in steps)
            amount = Decimal(row["declared_eur"])
            yield "request", last["holder"], row["project_id"], (day - since).days, amount, row["request_id"]
    for row in known.known("recovery", day):
        if not row.get("received_on") or row["received_on"] > day:
            amount = Decimal(row["ordered_eur"])
            yield (
                "recovery",
                "beneficiary",
                row["project_id"],
                (day - row["ordered_on"]).days,
                amount,
                row["recovery_id"],
            )
    for project, period in missing(way):
        yield "sheet", "beneficiary", project, (day - period["due_on"]).days, None, period["period_id"]
    for row in known.known("change_request", day, "requested_on"):
        if row["known_from"] <= day and not (row["decided_on"] and row["decided_on"] <= day):
            yield "change", "authority", row["project_id"], (day - row["requested_on"]).days, None, row["change_id"]


def missing(way):
    """Yield the projects and periods whose sheet is due and not in."""
    arrived = way.oracle.standing(way.day)
    for project in way.oracle.rows("project"):
        for raw, period in zip(way.oracle.rows("reporting_period"), way.oracle.typed("reporting_period"), strict=True):
            due = way.oracle.expected(project, raw) and period["due_on"] <= way.day
            if due and (project["project_id"], period["period_id"]) not in arrived:
                yield project["project_id"], period


def test_lines_with_their_largest_results(programme, narrowed):
    for way in ways(programme, narrowed):
        found = records(overview.by_line(way.asked, "en"))
        lines = sorted(way.oracle.typed("action_line"), key=lambda row: int(row["position"]))
        wanted = [row["action_line"] for row in lines if way.lines is None or row["action_line"] in way.lines]
        assert [row["line"] for row in found] == wanted
        for row in found:
            told = [(one["name"], one["value"]) for one in row["results"] or []]
            values = [value for _, value in told]
            assert values == sorted(values, reverse=True)
            assert dict(told) == largest(way, row["line"])


def largest(way, line):
    found = {}
    for row in way.oracle.known("result", way.day):
        mine = row["kind"] == "achieved" and row["action_line"] == line
        if mine and way.oracle.inside(row["project_id"], way.where):
            found[row["name_en"]] = max(int(row["value"]), found.get(row["name_en"], 0))
    return found


def test_networks_planned_for_the_whole_call(programme, narrowed):
    for way in ways(programme, narrowed):
        whole = [row for row in way.oracle.known("network_count", way.day) if not row["project_id"]]
        expected = {row["network"]: int(row["planned"]) for row in whole if row["network"] != "projects"}
        found = records(overview.network(way.asked, "en"))
        assert {row["network"]: row["planned"] for row in found} == expected


def test_an_act_whose_amount_is_not_public_is_told_once_known(programme, narrowed):
    for way in ways(programme, narrowed):
        unknown = [row for row in way.oracle.known("endowment", way.day) if row["amount_eur"] is None]
        assert overview.gap_in_endowment(way.asked) == bool(unknown)
