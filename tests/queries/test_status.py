"""Grades of projects against plain Python over the raw rows and the rule file, on thirty days drawn."""

import random
import tomllib
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from impact_analytics.queries import Asked, status
from impact_analytics.settings import ROOT
from tests.oracle import Oracle
from tests.shipped import shipped

FOLDER = ROOT / "data" / "example"
ORACLE = Oracle(FOLDER)
RULES = tomllib.loads((FOLDER / "status.toml").read_text(encoding="utf-8"))["rules"]
SETTINGS = tomllib.loads((FOLDER / "programme.toml").read_text(encoding="utf-8"))
DRAWN = random.Random(18)
DAYS = sorted(date(2019, 6, 1) + timedelta(days=DRAWN.randrange(2100)) for _ in range(30))
LAST = date(2024, 12, 31)


def asking(day, **where):
    return Asked(shipped("example"), day, tuple(sorted(where.items())))


# ---------------------------------------------------------------- plain figures of one project


def plain_residual_delay(project, day):
    row, term = ORACLE.projects()[project], ORACLE.term(project, day)
    if ORACLE.gone(project, day) or term is None:
        return None
    if row["ended_on"] and row["ended_on"] <= day:
        return max(0, (row["ended_on"] - term).days)
    expected = [
        max(one["expected_end_on"] for one in own)
        for _, sheet in ORACLE.sheets_of(project, day)
        if (own := [one for one in ORACLE.by_sheet("sheet_procedural")[sheet] if one["expected_end_on"]])
    ]
    return max(0, (expected[-1] - term).days) if expected else None


def plain_gap(project, day):
    if ORACLE.gone(project, day):
        return None
    clocks = list(ORACLE.clocks(project, day).values())
    means = []
    for place in (2, 1):
        known = [(clock[0], clock[place]) for clock in clocks if clock[place] is not None]
        means.append(sum(float(b) * float(x) for b, x in known) / sum(float(b) for b, _ in known) if known else None)
    return None if None in means else means[0] - means[1]


def plain_sheets_missing(project, day):
    row = next(one for one in ORACLE.rows("project") if one["project_id"] == project)
    grades = []
    for period in ORACLE.rows("reporting_period"):
        versions = [
            one
            for one in ORACLE.rows("sheet", day, "received_on")
            if (one["project_id"], one["period_id"]) == (project, period["period_id"])
        ]
        if ORACLE.expected(row, period) and (versions or date.fromisoformat(period["due_on"]) <= day):
            grades.append(bool(versions))
    return grades.count(False) if grades else None


def plain_uncovered_advance(project, day):
    flows = [Decimal(row["amount_eur"]) for row in ORACLE.known("payment", day) if row["project_id"] == project]
    flows += [
        -Decimal(row["received_eur"])
        for row in ORACLE.known("recovery", day, "received_on")
        if row["project_id"] == project
    ]
    flows += [
        -Decimal(row["eligible_eur"])
        for row in ORACLE.known("payment_request", day, "decided_on")
        if row["project_id"] == project
    ]
    return max(Decimal(0), sum(flows)) if flows else None


def plain_findings_open(project, day):
    own = [row for row in ORACLE.known("finding", day, "found_on") if row["project_id"] == project]
    return sum(not (row["closed_on"] and row["closed_on"] <= day) for row in own) if own else None


FIGURES = {name.removeprefix("plain_"): plain for name, plain in list(globals().items()) if name.startswith("plain_")}


# ---------------------------------------------------------------- plain grades


def threshold_of(rule):
    told = rule["threshold"]
    if isinstance(told, str):
        told = SETTINGS["thresholds"][told.lstrip("-")] * (-1 if told.startswith("-") else 1)
    return told / 100 if rule["metric"] == "gap" else told


def fires(rule, value):
    """Say whether a rule fires; None where that is not known."""
    if value is None:
        return False if rule.get("empty") == "fine" else None
    bound = threshold_of(rule)
    return {
        "over": value > bound, "at_least": value >= bound, "under": value < bound, "at_most": value <= bound
    }[rule["comparison"]]  # fmt: skip


def plain_of(project, day):
    """Return the grade of a project, the ids of the rules that fire and of those that cannot be judged."""
    row = ORACLE.projects()[project]
    for state, on in (("withdrawn", row["withdrawn_on"]), ("ended", row["ended_on"])):
        if on and on <= day:
            return state, [], []
    if row["started_on"] and row["started_on"] > day:
        return "not_started", [], []
    figures = {name: plain(project, day) for name, plain in FIGURES.items()}
    found = [(rule, fires(rule, figures[rule["metric"]])) for rule in RULES]
    fired, unknown = ([rule["id"] for rule, one in found if one is wanted] for wanted in (True, None))
    if fired:
        return next(rule["grade"] for rule, one in found if one), fired, unknown
    silent = all(figures[rule["metric"]] is None for rule in RULES)
    return ("not_known" if unknown or silent else "on_track"), [], unknown


def told(one):
    return one.grade, [verdict.rule.id for verdict in one.fired], [verdict.rule.id for verdict in one.unknown]


def test_every_figure_of_the_rules_is_worked_out_here():
    assert {rule["metric"] for rule in RULES} <= set(FIGURES)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_grades_are_what_rules_say_of_the_raw_rows(day):
    held = {one.project: one for one in status.graded(asking(day))}
    assert set(held) == set(ORACLE.chosen(day, {}))
    for project, one in held.items():
        assert told(one) == plain_of(project, day), project
        for verdict in one.verdicts:
            value = FIGURES[verdict.rule.metric](project, day)
            expected = pytest.approx(value) if isinstance(value, float) else value
            assert verdict.value == expected, (project, verdict.rule.id)


def test_history_is_the_grade_at_the_end_of_each_period_until_the_day():
    ends = {row["period_id"]: row["ends_on"] for row in ORACLE.typed("reporting_period")}
    for day in (LAST, DAYS[15], DAYS[20]):
        rows = status.history(asking(day)).to_dict("records")
        known = {id: end for id, end in ends.items() if end <= day}
        assert {row["period_id"]: row["ends_on"] for row in rows} == known
        assert Counter(row["period_id"] for row in rows) == {
            id: len(ORACLE.chosen(end, {})) for id, end in known.items()
        }
        for row in rows:
            grade, fired, _ = plain_of(row["project"], row["ends_on"])
            assert (row["grade"], row["rule"]) == (grade, fired[0] if fired else None)


def test_grades_are_narrowed_by_place_and_are_those_of_whole_projects():
    day = LAST
    every = {one.project: told(one) for one in status.graded(asking(day))}
    area = ORACLE.projects()["e1-T11"]["macro_area"]
    for where in ({"territory": ("T15",)}, {"macro_area": (area,)}):
        held = {one.project: told(one) for one in status.graded(asking(day, **where))}
        assert held == {id: every[id] for id in ORACLE.chosen(day, where)}
        assert set(status.history(asking(day, **where))["project"]) == set(held)
    assert {one.project: told(one) for one in status.graded(asking(day, action_line=("01",)))} == every


def test_the_gravest_stand_first_and_are_counted():
    held = status.graded(asking(LAST))
    places = [status.GRADES.index(one.grade) for one in held]
    assert places == sorted(places)
    assert status.counts(held) == dict(
        sorted(Counter(one.grade for one in held).items(), key=lambda item: status.GRADES.index(item[0]))
    )
    assert {"late", "watch", "on_track", "ended", "withdrawn"} <= set(status.counts(held))


def test_what_would_lift_a_rule_lifts_it_and_a_step_less_does_not():
    seen = set()
    for day in DAYS:
        for one in status.graded(asking(day)):
            for verdict in one.fired:
                up = verdict.rule.comparison in ("under", "at_most")
                amount, step = verdict.amount, verdict.rule.unit.step
                for by, fired in ((amount, False), (amount - step, True)):
                    value = Decimal(str(verdict.value)) + (by if up else -by)
                    assert status.judged(verdict.rule, value).fired is fired, (verdict.rule.id, value)
                seen.add(verdict.rule.id)
    assert len(seen) > 4


def test_of_one_figure_what_asks_most_is_told():
    one = next(one for one in status.graded(asking(LAST)) if one.project == "e1-T18")
    asked = {verdict.rule.metric: verdict.amount for verdict in status.to_lift(one.fired)}
    assert asked["sheets_missing"] == plain_sheets_missing("e1-T18", LAST)
    assert asked["residual_delay"] == plain_residual_delay("e1-T18", LAST)
    assert len(asked) == len(status.to_lift(one.fired)) < len(one.fired)


def test_a_programme_without_rules_grades_nobody():
    asked = Asked(shipped("impact"), date(2023, 6, 30))
    assert status.rules(asked.snapshot) == ()
    assert status.history(asked).empty
    assert set(status.counts(status.graded(asked))) <= {"not_known", "ended", "withdrawn", "not_started"}
