"""Progress by action line: what sheets and sources say, beside a slow reading of the raw rows."""

from collections import Counter, defaultdict
from decimal import Decimal
from itertools import product

import pytest

from impact_analytics.frames import records
from impact_analytics.queries import progress
from tests.queries.asking import NARROWED, PROGRAMMES, ways

by_way = pytest.mark.parametrize(("programme", "narrowed"), list(product(PROGRAMMES, NARROWED)))
NOWHERE = "not of a line"


def of_line(way, line):
    """Say whether a choice of lines leaves a line in."""
    return way.lines is None or line in way.lines


def lines_of(way):
    return sorted(way.oracle.typed("action_line"), key=lambda row: int(row["position"]))


def line_names(way):
    return {row["action_line"]: row["name_en"] for row in lines_of(way)}


def territory_names(way):
    return {row["territory"]: row["name_en"] for row in way.oracle.typed("territory")}


def place(way, project):
    return territory_names(way)[way.oracle.projects()[project]["territory"]]


# ---------------------------------------------------------------- what was published


@by_way
def test_lines_and_those_that_keep_to_the_school_year(programme, narrowed):
    for way in ways(programme, narrowed):
        wanted = [row for row in lines_of(way) if of_line(way, row["action_line"])]
        found = records(progress.lines(way.asked, "en"))
        assert [(row["line"], row["title"]) for row in found] == [
            (row["action_line"], row["title_en"]) for row in wanted
        ]
        said = progress.school_lines(way.asked, "en")
        assert [row["name_en"] in said for row in wanted] == [row["school_time"] == "true" for row in wanted]


def published(way, kind):
    for row in way.oracle.known("result", way.day):
        inside = way.oracle.inside(row["project_id"], way.where)
        if row["kind"] == kind and inside and (row["action_line"] is None or of_line(way, row["action_line"])):
            yield row


@by_way
def test_results_as_published(programme, narrowed):
    for way in ways(programme, narrowed):
        told = [
            (row["action_line"], row["name_en"], row["qualifier"], int(row["value"]), place(way, row["project_id"]))
            for row in published(way, "achieved")
        ]
        found = records(progress.results(way.asked, "en"))
        shown = [tuple(row[name] for name in ("line", "name", "qualifier", "value", "place")) for row in found]
        assert Counter(shown) == Counter(told)


@by_way
def test_targets_beside_what_the_same_project_reached(programme, narrowed):
    for way in ways(programme, narrowed):
        expected = [
            (line_names(way).get(row["action_line"]), row["name_en"], int(row["value"]), reached(way, row))
            for row in published(way, "target")
        ]
        found = records(progress.targets(way.asked, "en"))
        shown = [(row["name"], row["what"], row["value"], row["reached"]) for row in found]
        assert sorted(shown, key=str) == sorted(expected, key=str)


def reached(way, target):
    same = ("project_id", "action_line", "unit", "name_it")
    found = [
        row
        for row in way.oracle.known("result", way.day)
        if row["kind"] == "achieved" and all(row[name] == target[name] for name in same)
    ]
    return int(max(found, key=lambda row: row["known_from"])["value"]) if found else None


@by_way
def test_statements_newest_first(programme, narrowed):
    for way in ways(programme, narrowed):
        told = [
            row
            for row in way.oracle.known("statement", way.day)
            if row["subject"] == "progress" and (row.get("action_line") is None or of_line(way, row["action_line"]))
        ]
        expected = [row["quote"] for row in sorted(told, key=lambda row: row["on_date"], reverse=True)]
        found = records(progress.statements(way.asked, "en"))
        assert [row["quote"] for row in found] == expected


@by_way
def test_acts_that_moved_the_term_of_the_whole_call(programme, narrowed):
    for way in ways(programme, narrowed):
        moved = [
            way.oracle.one("act", "act_id", row["act_id"])
            for row in way.oracle.known("deadline", way.day)
            if row["project_id"] is None and row["extension"] != "first" and row["act_id"]
        ]
        known = {(act["adopted_on"], act["short_en"]) for act in moved if act["known_from"] <= way.day}
        assert progress.acts(way.asked, "en") == sorted(known)


@by_way
def test_projects_that_withdrew(programme, narrowed):
    for way in ways(programme, narrowed):
        gone = [id for id in way.oracle.projects() if way.oracle.gone(id, way.day) and way.oracle.inside(id, way.where)]
        said = progress.withdrawn(way.asked, "en")
        assert bool(said) == bool(gone)
        assert all(place(way, id) in said for id in gone)


# ---------------------------------------------------------------- expenditure and clocks


@by_way
def test_expenditure_by_line_at_the_end_of_each_period(programme, narrowed):
    for way in ways(programme, narrowed):
        found = records(progress.incurred(way.asked, "en"))
        assert {(row["series"], row["on"]): row["value"] for row in found} == spent(way)


def spent(way):
    """Return by line and end of a period what the newest sheets for it, or for periods before it, say."""
    found = defaultdict(Decimal)
    every = {id: way.oracle.sheets_of(id, way.day) for id in way.oracle.projects() if way.oracle.inside(id, way.where)}
    told = {end for sheets in every.values() for end, _ in sheets}
    ends = [row["ends_on"] for row in way.oracle.typed("reporting_period")]
    for sheets, end in product(every.values(), ends):
        for _, sheet in [one for one in sheets if one[0] <= end][-1:]:
            for row in way.oracle.by_sheet("sheet_financial")[sheet]:
                if of_line(way, row["action_line"]):
                    found[row["action_line"], end] += Decimal(row["incurred_eur"])
    lines = {line for line, _ in found}
    return {(line, end): found[line, end] for line, end in product(lines, ends) if min(told) <= end <= max(told)}


@by_way
def test_how_complete_the_newest_period_is(programme, narrowed):
    for way in ways(programme, narrowed):
        found = progress.arrived(way.asked, "en")
        known, day = way.oracle, way.day
        raw = {row["project_id"]: row for row in known.rows("project") if known.inside(row["project_id"], way.where)}
        periods = {row["period_id"]: row for row in known.rows("reporting_period")}
        in_time = [key for key in known.standing(day) if key[0] in raw and known.expected(raw[key[0]], periods[key[1]])]
        if not in_time:
            assert found is None
            continue
        newest = max({period for _, period in in_time}, key=lambda id: periods[id]["ends_on"])
        due = [
            (project, id)
            for project, id in product(raw, periods)
            if known.expected(raw[project], periods[id]) and periods[id]["due_on"] <= day.isoformat()
        ]
        assert found.sheets == sum(period == newest for _, period in in_time)
        assert found.projects == sum(known.expected(row, periods[newest]) for row in raw.values())
        assert found.missing == sum(key not in known.standing(day) for key in due)


@by_way
def test_the_three_clocks_of_each_line(programme, narrowed):
    for way in ways(programme, narrowed):
        found = {row["id"]: row for row in records(progress.clocks(way.asked, "en"))}
        expected = clocks(way)
        assert set(found) == set(expected)
        for line, row in found.items():
            shown = {name: row[name] for name in ("time", "physical", "expenditure")}
            assert shown == pytest.approx(expected[line], abs=1e-9), (way.asked, line)


def clocks(way):
    found = defaultdict(list)
    for project in way.oracle.active(way.day, way.where):
        for line, clock in way.oracle.clocks(project, way.day).items():
            if of_line(way, line):
                found[line].append(clock)
    return {line: clock_of(every) for line, every in found.items()}


def clock_of(every):
    budget = sum(amount for amount, *_ in every)
    return {
        "time": weighted([(amount, time) for amount, time, *_ in every]),
        "physical": weighted([(amount, physical) for amount, _, physical, _ in every]),
        "expenditure": float(sum(spent for *_, spent in every) / budget),
    }


def weighted(pairs):
    known = [(float(amount), float(share)) for amount, share in pairs if share is not None]
    weight = sum(amount for amount, _ in known)
    return sum(amount * share for amount, share in known) / weight if weight else None


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("narrowed", ["whole", "both"])
def test_line_by_territory(programme, narrowed):
    for way in ways(programme, narrowed):
        for metric, slow in {"budget": budgets, "incurred": incurred}.items():
            rows = records(progress.grid(way.asked, metric, "en", NOWHERE))
            found = {(row["row_id"], row["column_id"]): row["value"] for row in rows if row["value"]}
            assert found == slow(way), (metric, way.asked)


def budgets(way):
    every = {id: way.oracle.budget(id, way.day) for id in way.oracle.active(way.day, way.where)}
    return by_place(way, every)


def incurred(way):
    every = {id: way.oracle.spent(id, way.day) for id in way.oracle.projects() if way.oracle.inside(id, way.where)}
    return by_place(way, every)


def by_place(way, every):
    found = defaultdict(Decimal)
    for project, lines in every.items():
        for line, amount in lines.items():
            if amount and of_line(way, line):
                found[way.oracle.projects()[project]["territory"], line] += amount
    return dict(found)


# ---------------------------------------------------------------- indicators


@by_way
def test_indicators_are_added_only_where_they_may_be(programme, narrowed):
    for way in ways(programme, narrowed):
        names = ("value", "target", "projects", "reached")
        found = records(progress.indicators(way.asked, "en"))
        shown = {row["indicator_id"]: tuple(row[name] for name in names) for row in found}
        assert shown == indicators(way)


def indicators(way):
    told = defaultdict(list)
    for project in way.oracle.active(way.day, way.where):
        if any(one == project for one, _ in way.oracle.standing(way.day)):
            values = way.oracle.reached(project, way.day)
            for id, target in way.oracle.targets(project, way.day).items():
                told[id].append((values.get(id) or None, target))
    return {id: added(way, id, pairs) for id, pairs in told.items() if shown(way, id)}


def shown(way, id):
    return of_line(way, way.oracle.one("indicator", "indicator_id", id)["action_line"])


def added(way, id, pairs):
    adds = way.oracle.one("indicator", "indicator_id", id)["unique_persons"] == "false" or len(pairs) == 1
    value = sum(value or 0 for value, _ in pairs) if adds else None
    target = sum(target for _, target in pairs) if adds else None
    return value, target, len(pairs), sum((value or 0) >= target for value, target in pairs)
