"""What is told as changed is what the app shows on the two days, and what the raw rows say."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from impact_analytics.queries import Asked, answer, rows, value
from impact_analytics.queries.changes import TOPICS, changes, headline_metrics, headlines, not_split, ordered
from impact_analytics.semantics import metrics
from impact_analytics.settings import ROOT, SQL
from tests.oracle import Oracle
from tests.shipped import shipped

ORACLES = {name: Oracle(ROOT / "data" / name) for name in ("example", "impact")}
DRAWN = random.Random(3)
PAIRS = [tuple(sorted(date(2018, 3, 1) + timedelta(days=DRAWN.randrange(2500)) for _ in range(2))) for _ in range(12)]
WHOLE = date(2010, 1, 1), date(2030, 1, 1)


def between(programme, since, as_of, *kinds, **where):
    narrowed = tuple(sorted((name, tuple(ids)) for name, ids in where.items()))
    found = changes(Asked(shipped(programme), as_of, narrowed), since)
    return [change for change in found if not kinds or change.kind in kinds]


def within(row, column, since, as_of):
    return bool(row[column]) and since < date.fromisoformat(row[column]) <= as_of


def added(found, name="after"):
    return sum((getattr(change, name) for change in found), Decimal(0))


@pytest.mark.parametrize("programme", ORACLES)
@pytest.mark.parametrize(("since", "as_of"), PAIRS, ids=str)
def test_headlines_are_what_the_app_shows_on_both_days(since, as_of, programme):
    snapshot = shipped(programme)
    moved = {one.metric: one for one in headlines(Asked(snapshot, as_of), since)}
    for name in headline_metrics():
        before, after = value(Asked(snapshot, since), name), value(Asked(snapshot, as_of), name)
        if name in moved:
            assert (moved[name].before, moved[name].after) == (before, after)
            assert before.value != after.value
        elif before.value is None or after.value is None or before.unit == "date":
            assert before.value == after.value
        else:
            assert abs(float(after.value) - float(before.value)) < 0.0005


@pytest.mark.parametrize("programme", ORACLES)
@pytest.mark.parametrize(("since", "as_of"), PAIRS, ids=str)
def test_amounts_are_what_the_raw_rows_say(since, as_of, programme):
    oracle = ORACLES[programme]
    funded = added(between(programme, since, as_of, "assigned"))
    funded += added(between(programme, since, as_of, "funding_moved"), "difference")
    assert funded == oracle.funding(as_of) - oracle.funding(since)
    now, then = oracle.requests(as_of), oracle.requests(since)
    decided = between(programme, since, as_of, "decided", "decided_whole")
    assert added(between(programme, since, as_of, "submitted")) == now["declared"] - then["declared"]
    assert added(decided) == now["eligible"] - then["eligible"]
    assert added(decided, "before") == now["examined"] - then["examined"]
    for kinds, table, column, amount in (
        (("paid", "paid_for"), "payment", "known_from", "amount_eur"),
        (("recovery_ordered",), "recovery", "known_from", "ordered_eur"),
        (("recovered", "recovered_whole"), "recovery", "received_on", "received_eur"),
    ):
        raw = [
            Decimal(row[amount]) for row in oracle.rows(table) if column in row and within(row, column, since, as_of)
        ]
        assert added(between(programme, since, as_of, *kinds)) == sum(raw, Decimal(0))


@pytest.mark.parametrize("programme", ORACLES)
@pytest.mark.parametrize(("since", "as_of"), PAIRS, ids=str)
def test_the_last_term_told_is_the_term_in_force(since, as_of, programme):
    snapshot = shipped(programme)
    then, now = (terms(snapshot, day) for day in (since, as_of))
    told = [change for change in between(programme, since, as_of) if change.topic == "terms"]
    gone = ORACLES[programme].withdrawn(as_of)
    for project, term in now.items():
        own = [change for change in told if change.project_id in (None, project)]
        last = max(own, key=lambda change: (change.known_on, change.project_id is not None), default=None)
        if project not in gone:
            assert term == (last.after if last else then.get(project))


def terms(snapshot, day):
    frame, _ = answer(Asked(snapshot, day), ("term_in_force",), ("project",))
    return {row.project: row.term_in_force for row in frame.itertuples() if row.as_of == day}


@pytest.mark.parametrize("programme", ORACLES)
def test_a_term_moved_by_a_project_stood_the_day_before(programme):
    own = [change for change in between(programme, *WHOLE, "term_moved", "term_taken_over") if change.project_id]
    assert own or programme == "impact"
    for change in own:
        known = terms(shipped(programme), change.known_on - timedelta(days=1))
        same_day = [one for one in between(programme, *WHOLE) if one.whole and one.known_on == change.known_on]
        if not any(one.topic == "terms" for one in same_day):
            assert change.before == known[change.project_id]


@pytest.mark.parametrize(("since", "as_of"), PAIRS, ids=str)
def test_sheets_received_and_corrected_are_those_of_the_raw_rows(since, as_of):
    oracle = ORACLES["example"]
    raw = [row for row in oracle.rows("sheet") if within(row, "received_on", since, as_of)]
    first = [row["sheet_id"] for row in raw if row["version"] == "1"]
    received = between("example", since, as_of, "received", "received_late")
    assert sorted(change.reference for change in received) == sorted(first)
    corrected = between("example", since, as_of, "corrected", "corrected_alike")
    assert {change.reference for change in corrected} == {row["sheet_id"] for row in raw} - set(first)
    for row in raw:
        if row["version"] != "1":
            before = row["sheet_id"].replace(f"-v{row['version']}", f"-v{int(row['version']) - 1}")
            figures = [change for change in corrected if change.reference == row["sheet_id"]]
            incurred = [change for change in figures if change.variant == "incurred"]
            assert added(incurred, "difference") == reported(row["sheet_id"]) - reported(before)
            indicators = [change for change in figures if change.variant == "indicator"]
            assert len(indicators) == len(measured(row["sheet_id"]) ^ measured(before)) / 2


def reported(sheet):
    found = [row for row in ORACLES["example"].rows("sheet_financial") if row["sheet_id"] == sheet]
    return sum((Decimal(row["incurred_eur"]) for row in found), Decimal(0))


def measured(sheet):
    found = [row for row in ORACLES["example"].rows("sheet_physical") if row["sheet_id"] == sheet]
    return {(row["indicator_id"], row["value"]) for row in found}


@pytest.mark.parametrize("programme", ORACLES)
def test_limits_told_last_are_those_in_force(programme):
    for since, as_of in PAIRS:
        sql = "SELECT kind, limit_on FROM mart_legal_limit WHERE as_of = $as_of"
        then, now = (
            {row.kind: row.limit_on for row in rows(Asked(shipped(programme), day), sql).itertuples()}
            for day in (since, as_of)
        )
        told = {change.variant: change.after for change in between(programme, since, as_of, "limit_set", "limit_moved")}
        assert now == then | told


@pytest.mark.parametrize("programme", ORACLES)
def test_two_spans_make_the_whole_and_a_day_none(programme):
    for since, as_of in PAIRS:
        middle = since + (as_of - since) // 2
        parts = [*between(programme, since, middle), *between(programme, middle, as_of)]
        assert Counter(parts) == Counter(between(programme, since, as_of))
        assert between(programme, as_of, as_of) == []
        assert headlines(Asked(shipped(programme), as_of), as_of) == ()


def test_days_in_the_wrong_order_are_exchanged():
    asked = Asked(shipped("example"), date(2021, 3, 31))
    assert ordered(asked, date(2022, 3, 31)) == (Asked(asked.snapshot, date(2022, 3, 31)), date(2021, 3, 31))
    assert ordered(asked, date(2020, 3, 31)) == (asked, date(2020, 3, 31))


def test_changes_are_narrowed_and_those_of_the_whole_programme_stay():
    every = between("example", *WHOLE)
    found = between("example", *WHOLE, territory=["T02"])
    assert found == [change for change in every if change.territory in (None, "T02")]
    lines = {change.action_line for change in between("example", *WHOLE, "corrected", action_line=["01"])}
    assert lines == {"01"} | (lines & {None})


def test_headlines_that_cannot_be_narrowed_are_named():
    asked = Asked(shipped("example"), date(2024, 12, 31), (("territory", ("T02",)),))
    assert not_split(asked) == tuple(name for name in headline_metrics() if value(asked, name).not_split)
    assert "endowment" in not_split(asked)


def test_the_published_programme_tells_its_own_story():
    found = between("impact", date(2020, 12, 1), date(2021, 1, 31))
    assert [(change.kind, change.variant) for change in found] == [
        ("adopted", None),
        ("term_moved_by", "not_known"),
        ("term_moved", "with_money"),
        ("endowment_not_public", "increase"),
    ]
    assert [change.months for change in found if change.topic == "terms"] == [6, 12]


def test_every_topic_is_a_file_and_is_told_somewhere():
    assert {path.stem for path in (SQL / "changes").glob("*.sql")} == set(TOPICS)
    assert {change.topic for change in between("example", *WHOLE)} == set(TOPICS)


def test_headlines_cover_the_groups_that_meetings_ask_for():
    groups = {metrics()[name].group for name in headline_metrics()}
    assert groups >= {"funding", "expenditure", "requests", "cash", "time", "clocks", "sheets", "network"}
