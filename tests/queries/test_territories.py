"""Territories side by side and one by one, beside a slow reading of the raw rows."""

from collections import Counter
from decimal import Decimal

import pytest

from impact_analytics.frames import records
from impact_analytics.queries import territories
from tests.queries.asking import NARROWED, PROGRAMMES, ways

pytestmark = [pytest.mark.parametrize("programme", PROGRAMMES), pytest.mark.parametrize("narrowed", NARROWED)]


def inside(way, row):
    """Say whether a choice leaves a territory in."""
    return all(row[name] in way.where.get(name, (row[name],)) for name in ("territory", "macro_area"))


def of(way, table, on="known_from"):
    """Return the rows of projects known by then that a choice of places leaves in."""
    return [row for row in way.oracle.known(table, way.day, on) if way.oracle.inside(row["project_id"], way.where)]


def territory(way, row):
    return way.oracle.projects()[row["project_id"]]["territory"]


def of_line(way, row):
    return way.lines is None or row.get("action_line") in way.lines


def here(way, id):
    return way.oracle.chosen(way.day, {"territory": (id,)})


def test_every_territory_with_its_projects_and_state(programme, narrowed):
    for way in ways(programme, narrowed):
        found = {row["id"]: row for row in records(territories.places(way.asked, "en"))}
        assert len(found) == len(way.oracle.typed("territory"))
        for row in way.oracle.typed("territory"):
            id = row["territory"]
            gone = bool(here(way, id)) and all(way.oracle.gone(one, way.day) for one in here(way, id))
            titles = [way.oracle.projects()[one]["title"] for one in here(way, id)]
            assert found[id]["state"] == ("not_applied" if row["applied"] == "false" else "withdrawn" if gone else "")
            assert found[id]["title"] == "; ".join(title for title in titles if title)
            assert found[id]["inside"] == inside(way, row)


def test_territories_by_a_metric(programme, narrowed):
    for way in ways(programme, narrowed):
        for metric, slow in {"funding": funding, "bodies_named": bodies, "third_country_nationals": persons}.items():
            expected = {} if way.lines else slow(way)
            found = records(territories.by_metric(way.asked, metric, "en"))
            assert {row["id"]: row["value"] for row in found if row["value"]} == expected, (metric, way.asked)
            if way.lines:
                assert territories.not_split(way.asked, metric, "en")
        by_line = records(territories.by_metric(way.asked, "results_published", "en"))
        assert {row["id"]: row["value"] for row in by_line if row["value"]} == results(way)


def funding(way):
    """Return what is stated or, where no source states it, estimated, of every territory."""
    guessed, found = way.oracle.estimates(way.day), Counter()
    for id in way.oracle.projects():
        amount = way.oracle.stated(id, way.day) or guessed.get(id)
        if amount:
            found[way.oracle.projects()[id]["territory"]] += amount
    return dict(found)


def bodies(way):
    return Counter(territory(way, row) for row in way.oracle.known("partner", way.day))


def persons(way):
    rows = sorted(way.oracle.known("population", way.day, "on_date"), key=lambda row: row["on_date"])
    newest = {row["territory"]: row["third_country_nationals"] for row in rows}
    return {id: int(count) for id, count in newest.items() if count}


def results(way):
    achieved = [row for row in way.oracle.known("result", way.day) if row["kind"] == "achieved" and of_line(way, row)]
    return Counter(territory(way, row) for row in achieved)


def test_figures_of_one_territory(programme, narrowed):
    for way in ways(programme, narrowed):
        for id in [row["territory"] for row in way.oracle.typed("territory")][::5]:
            asked = territories.within(way.asked, id)
            found = territories.figures(asked, ("funding", "term_in_force", "bodies_named"))
            if way.lines:
                assert all(found[name].not_split for name in ("funding", "term_in_force", "bodies_named"))
                continue
            terms = [way.oracle.term(one, way.day) for one in here(way, id)]
            assert found["funding"].value == funding(way).get(id)
            assert found["term_in_force"].value == max((term for term in terms if term), default=None)
            assert (found["bodies_named"].value or 0) == bodies(way)[id]
            lines = territories.by_line(asked, ("budget",))
            expected = Counter()
            for one in here(way, id):
                if not way.oracle.gone(one, way.day):
                    expected.update(way.oracle.budget(one, way.day))
            assert {line: row["budget"] for line, row in lines.items() if row["budget"]} == dict(expected)


def test_bodies_that_have_a_place(programme, narrowed):
    for way in ways(programme, narrowed):
        expected = Counter(
            (row["name"], row["kind"], float(row["lon"]), float(row["lat"]), territory(way, row))
            for row in of(way, "partner")
            if row["lon"] and of_line(way, row)
        )
        found = records(territories.points(way.asked, "en"))
        assert (
            Counter((row["name"], row["kind"], row["lon"], row["lat"], row["territory"]) for row in found) == expected
        )


def test_projects_with_their_state(programme, narrowed):
    for way in ways(programme, narrowed):
        found = {row["project_id"]: row for row in records(territories.projects(way.asked, "en"))}
        assert set(found) == set(way.oracle.chosen(way.day, way.where))
        for id, row in found.items():
            raw = way.oracle.projects()[id]
            ended = bool(raw["ended_on"] and raw["ended_on"] <= way.day)
            later = bool(raw["started_on"] and raw["started_on"] > way.day)
            states = {"withdrawn": way.oracle.gone(id, way.day), "ended": ended, "not_started": later, "active": True}
            assert row["state"] == next(state for state, holds in states.items() if holds)
            assert row["ended_on"] == (raw["ended_on"] if ended else None)
            assert row["withdrawn_on"] == (raw["withdrawn_on"] if states["withdrawn"] else None)


def test_what_has_to_be_paid_back(programme, narrowed):
    for way in ways(programme, narrowed):
        expected = Counter()
        for row in of(way, "recovery"):
            if row["ordered_on"] <= way.day:
                received = row.get("received_on") is not None and row["received_on"] <= way.day
                paid = (row["received_on"], Decimal(row["received_eur"])) if received else (None, None)
                expected[row["ordered_on"], Decimal(row["ordered_eur"]), *paid] += 1
        found = records(territories.recoveries(way.asked, "en"))
        names = ("ordered_on", "ordered_eur", "received_on", "received_eur")
        assert Counter(tuple(row[name] for name in names) for row in found) == expected


def test_results_and_bodies_by_name(programme, narrowed):
    for way in ways(programme, narrowed):
        told = Counter(
            (row["name_en"], row["kind"], int(row["value"])) for row in of(way, "result") if of_line(way, row)
        )
        found = records(territories.results(way.asked, "en"))
        assert Counter((row["name"], row["kind"], row["value"]) for row in found) == told
        named = Counter((row["name"], row["kind"]) for row in of(way, "partner") if of_line(way, row))
        assert Counter((row["name"], row["kind"]) for row in records(territories.partners(way.asked, "en"))) == named


def test_what_happened_in_order(programme, narrowed):
    for way in ways(programme, narrowed):
        found = records(territories.facts(way.asked, "en"))
        days = [row["on_date"] for row in found]
        assert days == sorted(days)
        kept = {"started", "ended", "withdrawn", "paid", "paid_undated", "recovered", "change_requested"}
        shown = Counter((row["kind"], row["on_date"], row["amount_eur"]) for row in found if row["kind"] in kept)
        assert shown == Counter(events(way)), way.asked
        terms = Counter((row["on_date"], row["day"]) for row in found if "term" in row["kind"])
        assert terms == Counter(decisions(way)), way.asked


def events(way):
    """Return kind, day and amount of what happened to the projects chosen, once both are known."""
    told = [("started", "started_on", ""), ("ended", "ended_on", ""), ("withdrawn", "withdrawn_on", "")]
    every = [(*one, way.oracle.projects()[id]) for id in way.oracle.chosen(way.day, way.where) for one in told]
    every += [("paid", "paid_on", "amount_eur", row) for row in of(way, "payment") if row.get("paid_on")]
    every += [("paid_undated", "known_from", "amount_eur", row) for row in of(way, "payment") if not row.get("paid_on")]
    every += [("recovered", "received_on", "received_eur", row) for row in of(way, "recovery")]
    every += [("change_requested", "requested_on", "", row) for row in of(way, "change_request")]
    return [
        (kind, row[on], Decimal(row[amount]) if amount else None)
        for kind, on, amount, row in every
        if row.get(on) and row[on] <= way.day
    ]


def decisions(way):
    """Yield day and term of every decision that holds for a project chosen."""
    for id in way.oracle.chosen(way.day, way.where):
        raw = way.oracle.projects()[id]
        for row in way.oracle.typed("deadline"):
            since = row["known_from"] or row["decided_not_after"]
            mine = row["call_id"] == raw["call_id"] and row["project_id"] in (None, id)
            if mine and since <= way.day and not (raw["withdrawn_on"] and since > raw["withdrawn_on"]):
                yield since, row["ends_on"]


def of_places(way, table):
    """Return the rows of the territories chosen, and those of none."""
    areas = {row["territory"]: row for row in way.oracle.typed("territory")}
    every = way.oracle.typed(table)
    return [row for row in every if row["territory"] is None or inside(way, areas[row["territory"]])]


def test_what_came_before_and_after(programme, narrowed):
    for way in ways(programme, narrowed):
        expected = Counter((row["direction"], row["title_en"]) for row in of_places(way, "continuity"))
        found = records(territories.continuity(way.asked, "en"))
        assert Counter((row["direction"], row["title"]) for row in found) == expected


def test_items_of_the_portal_by_kind(programme, narrowed):
    for way in ways(programme, narrowed):
        known = [row for row in of_places(way, "territory_item") if row["known_from"] <= way.day]
        assert territories.item_counts(way.asked) == Counter(row["kind"] for row in known)
        for kind in {row["kind"] for row in known}:
            found = records(territories.items(way.asked, kind, "en"))
            assert Counter(row["title"] for row in found) == Counter(r["title_en"] for r in known if r["kind"] == kind)
            days = [row["on_date"] for row in found if row["on_date"]]
            assert days == sorted(days, reverse=True)
