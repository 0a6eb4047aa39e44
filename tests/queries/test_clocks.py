"""The three clocks of projects and lines, beside a slow reading of the raw rows; school days are counted one by one."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise, product

import pytest

from impact_analytics.frames import records
from impact_analytics.queries import Asked, clocks, deadlines, of_project, periods, values
from tests.queries.asking import NARROWED, PROGRAMMES, ways
from tests.shipped import shipped

by_way = pytest.mark.parametrize(("programme", "narrowed"), list(product(PROGRAMMES, NARROWED)))
SHOWN = ("time", "physical", "expenditure")
CLOSED = (7, 8)  # months without school, in both programmes


def near(expected):
    return pytest.approx(expected, abs=1e-9)


def count_of(programme, narrowed):
    """Return how many days are drawn: thirty in all for the whole programme that has sheets."""
    return 27 if (programme, narrowed) == ("example", "whole") else 2


# ---------------------------------------------------------------- the slow answer


def of_line(where, line):
    return "action_line" not in where or line in where["action_line"]


def told(oracle, day, where):
    """Yield budget, time, school time, physical progress and expenditure of each line of an active project."""
    school = {row["action_line"] for row in oracle.typed("action_line") if row["school_time"] == "true"}
    for project in oracle.active(day, where):
        if project not in where.get("project", (project,)):
            continue
        for line, (amount, time, physical, spent) in oracle.clocks(project, day).items():
            if of_line(where, line):
                yield (
                    project,
                    line,
                    (amount, time, school_share(oracle, project, day) if line in school else None, physical, spent),
                )


@cache
def school_days(start, end):
    """Count the days after one and up to another on which school is not closed."""
    days = ((start + timedelta(days=place)) for place in range(1, (end - start).days + 1))
    return sum(day.month not in CLOSED for day in days)


def school_of(oracle, project, day):
    """Return the school days gone by and planned of a project; nothing where its term or start is not known."""
    row, term = oracle.projects()[project], oracle.term(project, day)
    if not term or not row["started_on"]:
        return None
    until = min(day, row["ended_on"] or day, term)
    return school_days(row["started_on"], until), school_days(row["started_on"], term)


def school_share(oracle, project, day):
    found = school_of(oracle, project, day)
    return found[0] / found[1] if found and found[1] else None


def mean(pairs):
    known = [(float(weight), float(share)) for weight, share in pairs if share is not None]
    total = sum(weight for weight, _ in known)
    return sum(weight * share for weight, share in known) / total if total else None


def clocks_of(rows):
    """Return the three clocks, weighted by budget, and the two gaps."""
    time, physical = (mean([(row[0], row[place]) for row in rows]) for place in (1, 3))
    budget = sum(row[0] for row in rows)
    spent = float(sum(row[4] for row in rows) / budget) if budget else None
    return {
        "time": time,
        "physical": physical,
        "expenditure": spent,
        "gap": less(physical, time),
        "expenditure_gap": less(spent, time),
    }


def less(one, other):
    return None if one is None or other is None else one - other


def plain_expenditure_gap(oracle, day, where):
    return clocks_of([row for *_, row in told(oracle, day, where)])["expenditure_gap"]


def plain_school_time_progress(oracle, day, where):
    return mean([(row[0], row[2]) for *_, row in told(oracle, day, where)])


def plain_school_physical_progress(oracle, day, where):
    return mean([(row[0], row[3]) for *_, row in told(oracle, day, where) if row[2] is not None])


def plain_school_gap(oracle, day, where):
    return less(plain_school_physical_progress(oracle, day, where), plain_school_time_progress(oracle, day, where))


METRICS = {
    "expenditure_gap": plain_expenditure_gap,
    "school_time_progress": plain_school_time_progress,
    "school_physical_progress": plain_school_physical_progress,
    "school_gap": plain_school_gap,
}


def grouped(way, by, where=None):
    found = defaultdict(list)
    for project, line, row in told(way.oracle, way.day, way.where if where is None else where):
        found[project if by == "project" else line].append(row)
    return found


def targets(way, by, where=None):
    """Count by project or line the indicators of projects' lines that have a target by then, and those without."""
    found = defaultdict(lambda: [0, 0])
    indicators = way.oracle.typed("indicator")
    for project, line, _ in told(way.oracle, way.day, way.where if where is None else where):
        known = way.oracle.targets(project, way.day)
        for row in indicators:
            if row["action_line"] == line:
                found[project if by == "project" else line][row["indicator_id"] not in known] += 1
    return {id: tuple(pair) for id, pair in found.items()}


# ---------------------------------------------------------------- figures


@by_way
def test_metrics_of_school_time_and_expenditure(programme, narrowed):
    for way in ways(programme, narrowed, count_of(programme, narrowed)):
        found = values(way.asked, tuple(METRICS))
        for name, slow in METRICS.items():
            assert found[name].value == near(slow(way.oracle, way.day, way.where)), (name, way.asked)


@by_way
def test_clocks_of_every_project_furthest_behind_first(programme, narrowed):
    for way in ways(programme, narrowed, count_of(programme, narrowed)):
        found = records(clocks.by_project(way.asked, "en"))
        expected = grouped(way, "project")
        assert {row["id"] for row in found} == set(expected)
        counts = targets(way, "project")
        for row in found:
            slow = clocks_of(expected[row["id"]])
            assert {name: row[name] for name in slow} == near(slow), (row["id"], way.asked)
            assert (row["targets"], row["lacking"]) == counts.get(row["id"], (0, 0))
            assert row["status"] == clocks.standing(row["gap"], way.asked.snapshot.programme.thresholds)
        known = [row["gap"] for row in found if row["gap"] is not None]
        assert known == sorted(known)
        assert all(row["gap"] is None for row in found[len(known) :])


@by_way
def test_clocks_of_every_line_of_all_projects_and_of_one(programme, narrowed):
    for way in ways(programme, narrowed, 3):
        projects = list(grouped(way, "project"))
        for project in ["", *projects[:1]]:
            where = way.where | ({"project": (project,)} if project else {})
            expected, counts = grouped(way, "line", where), targets(way, "line", where)
            found = records(clocks.by_line(way.asked, "en", project))
            order = [row["action_line"] for row in way.oracle.typed("action_line")]
            assert [row["id"] for row in found] == [line for line in order if line in expected]
            for row in found:
                slow = clocks_of(expected[row["id"]])
                assert {name: row[name] for name in slow} == near(slow), (row["id"], way.asked)
                assert (row["targets"], row["lacking"]) == counts.get(row["id"], (0, 0))


@by_way
def test_projects_to_choose_from_have_clocks(programme, narrowed):
    for way in ways(programme, narrowed):
        where = {name: chosen for name, chosen in way.where.items() if name != "action_line"}
        assert set(clocks.projects(way.asked, "en")) == set(grouped(way, "project", where))


# ---------------------------------------------------------------- the course


@pytest.mark.parametrize("narrowed", NARROWED)
def test_the_course_of_the_gap_is_what_was_known_at_each_end(narrowed):
    for way in ways("example", narrowed, 1)[1:]:
        ends = clocks.ends(way.asked)
        assert all(day <= way.day for day in ends)
        lines = records(clocks.gap_of_lines(way.asked, "en"))
        for row in lines[:: max(1, len(lines) // 12)]:
            then = replace(way, day=row["on"])
            assert row["value"] == near(clocks_of(grouped(then, "line")[row["series"]])["gap"])
        for project in list(grouped(way, "project"))[:1]:
            course = records(clocks.gap_of_project(way.asked, project, "en", "all"))
            assert {row["series"] for row in course} == {project, ""}
            for row in course[::8]:
                where = way.where | ({"project": (project,)} if row["series"] else {})
                rows = [cells for *_, cells in told(way.oracle, row["on"], where)]
                assert row["value"] == near(clocks_of(rows)["gap"] if rows else None)


def test_a_course_begins_where_something_is_known():
    found = clocks.gap_of_lines(Asked(shipped("example"), date(2021, 6, 30)), "en")
    assert found[found["on"] == found["on"].min()]["value"].notna().any()
    assert clocks.gap_of_lines(Asked(shipped("example"), date(2010, 1, 1)), "en").empty
    assert clocks.school(Asked(shipped("impact"), date(2022, 1, 1)), {"time": "", "school": "", "physical": ""}).empty


# ---------------------------------------------------------------- school time


@pytest.mark.parametrize("narrowed", NARROWED)
def test_school_lines_beside_the_calendar(narrowed):
    for way in ways("example", narrowed, 2):
        school = {row["action_line"] for row in way.oracle.typed("action_line") if row["school_time"] == "true"}
        expected = {line: rows for line, rows in grouped(way, "line").items() if line in school}
        found = {row["id"]: row for row in records(clocks.school_lines(way.asked, "en"))}
        assert set(found) == set(expected)
        for line, rows in expected.items():
            calendar, taught = clocks_of(rows), mean([(row[0], row[2]) for row in rows])
            slow = {
                "time": calendar["time"],
                "school": taught,
                "physical": calendar["physical"],
                "gap": calendar["gap"],
            }
            assert {name: found[line][name] for name in slow} == near(slow)
            assert found[line]["school_gap"] == near(less(calendar["physical"], taught))


def test_school_days_of_a_project():
    for way in ways("example", "whole", 3):
        for project in ("e1-T05", "e1-T17", "e1-T03"):
            one = of_project(way.asked, project)
            active = project in {id for id, *_ in told(way.oracle, way.day, {})}
            assert clocks.school_days(one, project) == (school_of(way.oracle, project, way.day) if active else None)


def test_school_time_stands_still_while_schools_are_closed():
    june, august = date(2022, 6, 30), date(2022, 8, 31)
    way = ways("example", "whole", 0)[0]
    project = next(id for id in way.oracle.projects() if way.oracle.term(id, june) == way.oracle.term(id, august))
    one = of_project(Asked(shipped("example"), august), project)
    before, after = clocks.school_lines(replace(one, as_of=june), "en"), clocks.school_lines(one, "en")
    assert before["school"].tolist() == after["school"].tolist()
    assert before["time"].iloc[0] < after["time"].iloc[0]


def test_no_school_time_where_no_line_keeps_to_it():
    asked = Asked(shipped("example"), date(2024, 12, 31), (("action_line", ("02", "03")),))
    assert clocks.school_asked(asked) is None
    assert clocks.school_lines(asked, "it").empty
    assert clocks.school(asked, {}).empty
    assert values(asked, ("school_time_progress", "school_gap"))["school_gap"].value is None


def test_the_school_year_in_words():
    asked = Asked(shipped("example"), date(2024, 12, 31))
    assert deadlines.school_span(asked, "it") == {
        "starts": "1°\u00a0settembre",
        "ends": "30\u00a0giugno",
        "quarter": "3",
    }


# ---------------------------------------------------------------- how a gap stands


@pytest.mark.parametrize(
    ("gap", "status"),
    [
        (None, ""),
        (0.05, "on_track"),
        (-0.0999, "on_track"),
        (-0.1, "watch"),
        (-0.1999, "watch"),
        (-0.2, "late"),
        (-1, "late"),
    ],
)
def test_a_gap_stands_by_the_thresholds(gap, status):
    assert clocks.standing(gap, {"gap_watch_points": 10, "gap_late_points": 20}) == status
    assert clocks.standing(gap, {}) == ""


def test_ends_of_periods_are_in_order_and_offered():
    asked = Asked(shipped("example"), date(2023, 5, 5))
    ends = clocks.ends(asked)
    assert all(before < after for before, after in pairwise(ends))
    assert set(ends) <= set(periods(asked.snapshot))
    assert len(ends) <= clocks.TREND
