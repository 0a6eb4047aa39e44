"""The network: planned, known by name, where, of what kind, beside a slow reading of the raw rows."""

from collections import Counter

import pytest

from impact_analytics.frames import records
from impact_analytics.queries import network
from tests.queries.asking import NARROWED, PROGRAMMES, ways

pytestmark = [pytest.mark.parametrize("programme", PROGRAMMES), pytest.mark.parametrize("narrowed", NARROWED)]


def parents(way):
    """Return the network of each kind of body that a proposal counted."""
    return {row["code"]: row["parent"] for row in way.oracle.typed("code") if row["list"] == "kind"}


def named(way):
    """Return the bodies known by then in the territories and areas chosen; lines do not split them."""
    return [row for row in way.oracle.known("partner", way.day) if way.oracle.inside(row["project_id"], way.where)]


def territory(way, row):
    return way.oracle.projects()[row["project_id"]]["territory"]


def narrows(way):
    return bool({"territory", "macro_area"} & way.where.keys())


def planned(way, which):
    """Return what was planned of a network: in all, or where narrowed what all chosen proposals say together."""
    rows = [row for row in way.oracle.known("network_count", way.day) if row["network"] == which]
    if not narrows(way):
        whole = [int(row["planned"]) for row in rows if row["project_id"] is None]
        return sum(whole) if whole else None
    chosen = way.oracle.chosen(way.day, way.where)
    told = {row["project_id"]: int(row["planned"]) for row in rows if row["project_id"]}
    return sum(told[id] for id in chosen) if chosen and set(chosen) <= set(told) else None


def test_planned_and_known_by_network(programme, narrowed):
    for way in ways(programme, narrowed):
        counts = Counter((parents(way).get(row["kind"]), row["counts_in_total"]) for row in named(way))
        expected = {}
        for id in {parent for parent in parents(way).values() if parent}:
            all_of_it, known, unsettled = planned(way, id), counts[id, "yes"], counts[id, "unsettled"]
            missing = None if all_of_it is None else max(all_of_it - known, 0)
            if all_of_it is not None or known or unsettled:
                expected[id] = {"planned": all_of_it, "known": known, "unsettled": unsettled, "missing": missing}
        found = records(network.networks(way.asked, "en"))
        assert {row["id"]: {name: row[name] for name in next(iter(expected.values()))} for row in found} == expected


def test_planned_and_known_by_territory(programme, narrowed):
    for way in ways(programme, narrowed):
        found = records(network.by_territory(way.asked, "en"))
        assert {row["id"] for row in found} == {
            way.oracle.projects()[id]["territory"] for id in way.oracle.chosen(way.day, way.where)
        }
        known = Counter((territory(way, row), parents(way)[row["kind"]], row["counts_in_total"]) for row in named(way))
        every = Counter(territory(way, row) for row in named(way))
        told = Counter()
        for row in way.oracle.known("network_count", way.day):
            if row["project_id"]:
                told[territory(way, row), row["network"]] += int(row["planned"])
        for row in found:
            key = row["id"], row["network"]
            assert row["planned"] == told.get(key)
            assert (row["known"], row["unsettled"]) == (known[*key, "yes"], known[*key, "unsettled"])
            assert row["named"] == every[row["id"]]


def test_every_territory_on_the_map(programme, narrowed):
    for way in ways(programme, narrowed):
        found = {row["id"]: row for row in records(network.places(way.asked, "en"))}
        every = Counter(territory(way, row) for row in way.oracle.known("partner", way.day))
        for row in way.oracle.typed("territory"):
            here = way.oracle.chosen(way.day, {"territory": (row["territory"],)})
            gone = bool(here) and all(way.oracle.gone(id, way.day) for id in here)
            state = "not_applied" if row["applied"] == "false" else "withdrawn" if gone else ""
            inside = all(row[name] in way.where.get(name, (row[name],)) for name in ("territory", "macro_area"))
            shown = found[row["territory"]]
            assert (shown["value"], shown["state"], shown["inside"]) == (
                every[row["territory"]] if here else None,
                state,
                inside,
            )


def test_bodies_that_have_a_place(programme, narrowed):
    for way in ways(programme, narrowed):
        counted = [row for row in named(way) if row["lon"] and parents(way).get(row["kind"])]
        found = records(network.points(way.asked, "en"))
        assert Counter(
            (row["name"], row["kind"], row["lon"], row["lat"], row["territory"]) for row in found
        ) == Counter(
            (row["name"], row["kind"], float(row["lon"]), float(row["lat"]), territory(way, row)) for row in counted
        )


def test_kinds_and_roles(programme, narrowed):
    for way in ways(programme, narrowed):
        listed = {(row["list"], row["code"]) for row in way.oracle.typed("code")}
        coded = [row for row in named(way) if {("kind", row["kind"]), ("role", row["role"])} <= listed]
        found = records(network.by_kind_and_role(way.asked, "en"))
        expected = Counter((row["kind"], row["role"]) for row in coded)
        assert {(row["row_id"], row["column_id"]): row["value"] for row in found} == expected


def test_bodies_by_kind(programme, narrowed):
    for way in ways(programme, narrowed):
        every = named(way)
        for kind in ["", *sorted({row["kind"] for row in every})[:3]]:
            found = records(network.bodies(way.asked, "en", kind=kind))
            expected = {row["partner_id"] for row in every if not kind or row["kind"] == kind}
            assert {row["partner_id"] for row in found} == expected
            assert len(found) == len(expected)


def test_bodies_sought_by_any_part_of_their_name(programme, narrowed):
    for way in ways(programme, narrowed):
        for row in named(way)[:: max(1, len(named(way)) // 4)]:
            word = max(row["name"].split(), key=len)
            found = {one["partner_id"] for one in records(network.bodies(way.asked, "en", sought=word.upper()))}
            plain = word.casefold()
            assert {one["partner_id"] for one in named(way) if plain in one["name"].casefold()} <= found
            assert found <= {one["partner_id"] for one in named(way)}
    assert network.bodies(way.asked, "en", sought="no body is called this").empty
