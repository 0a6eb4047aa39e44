"""The overview: the time line and what was reached, beside a slow reading of the raw rows."""

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
