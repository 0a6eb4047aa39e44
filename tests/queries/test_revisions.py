"""Changes and budgets against plain Python over the raw rows, on thirty days drawn, whole and narrowed."""

import math
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import pytest

from impact_analytics.queries import Asked, ids, revisions, values
from impact_analytics.queries.revisions import Item, Totals, nine_of_ten
from impact_analytics.settings import ROOT
from tests.oracle import Oracle
from tests.shipped import shipped

ORACLE = Oracle(ROOT / "data" / "example")
DRAWN = random.Random(45)
DAYS = sorted(date(2019, 6, 1) + timedelta(days=DRAWN.randrange(2100)) for _ in range(30))
NARROWED = ({}, {"territory": ("T01",)}, {"macro_area": (ORACLE.projects()["e1-T11"]["macro_area"],)})
LAST = date(2024, 12, 31)
TOLERANCE = Decimal("0.1")


def asking(day, where=None):
    return Asked(shipped("example"), day, tuple(sorted((where or {}).items())))


def found(day, where=None):
    return revisions.changes(asking(day, where), "it").to_dict("records")


def plain_changes(oracle, day, where):
    """Return the raw rows of changes known by a day, each with its state and days then."""
    told = []
    for row in oracle.typed("change_request"):
        if row["known_from"] > day or row["requested_on"] > day or not oracle.inside(row["project_id"], where):
            continue
        decided = row["decided_on"] is not None and row["decided_on"] <= day
        state = row["outcome"] if decided else "waiting"
        if state == "approved" and row["effective_on"] and row["effective_on"] <= day:
            state = "effective"
        told.append(
            {**row, "state": state, "days": ((row["decided_on"] if decided else day) - row["requested_on"]).days}
        )
    return told


def plain_changes_requested(oracle, day, where):
    return len(plain_changes(oracle, day, where))


def plain_changes_waiting(oracle, day, where):
    return sum(row["state"] == "waiting" for row in plain_changes(oracle, day, where))


def plain_changes_approved(oracle, day, where):
    return sum(row["state"] in ("approved", "effective") for row in plain_changes(oracle, day, where))


def plain_change_decision_days(oracle, day, where):
    return middle([row["days"] for row in plain_changes(oracle, day, where) if row["state"] in revisions.DECIDED])


def middle(days):
    return median(days) if days else None


PLAIN = {
    name.removeprefix("plain_"): plain for name, plain in list(globals().items()) if name.startswith("plain_change")
}
PLAIN.pop("changes")


@pytest.mark.parametrize("where", NARROWED, ids=str)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_metrics_are_what_the_raw_rows_say(day, where):
    figures = values(asking(day, where), tuple(PLAIN))
    for name, plain in PLAIN.items():
        assert (figures[name].value or None) == (plain(ORACLE, day, where) or None), name


def test_metrics_are_not_split_by_line():
    figures = values(asking(LAST, {"action_line": ("01",)}), tuple(PLAIN))
    assert all(figure.not_split == ("action_line",) for figure in figures.values())


@pytest.mark.parametrize("where", NARROWED, ids=str)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_each_change_stands_as_it_stood_on_the_day(day, where):
    held, plain = found(day, where), plain_changes(ORACLE, day, where)
    assert {row["change_id"]: (row["state"], row["days"]) for row in held} == {
        row["change_id"]: (row["state"], row["days"]) for row in plain
    }
    raw = {row["change_id"]: row for row in plain}
    for row in held:
        decided = row["state"] != "waiting"
        assert row["decided_on"] == (raw[row["change_id"]]["decided_on"] if decided else None)
        approved = row["state"] in ("approved", "effective")
        assert row["effective_on"] == (raw[row["change_id"]]["effective_on"] if approved else None)
        assert row["act"] is None or approved
        assert row["asked_eur"] == (Decimal(raw[row["change_id"]]["moved_eur"]) if row["kind"] == "budget" else None)
    waiting = [row["days"] for row in held if row["state"] == "waiting"]
    assert [row["state"] for row in held[: len(waiting)]] == ["waiting"] * len(waiting)
    assert waiting == sorted(waiting, reverse=True)


def test_a_row_names_its_file_and_line():
    lines = (ROOT / "data" / "example" / "change_request.csv").read_text(encoding="utf-8").splitlines()
    for row in found(LAST):
        assert row["file"].endswith("change_request.csv")
        assert lines[row["line"] - 1].startswith(f"{row['change_id']},")


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_kinds_add_up_to_all_and_their_days_are_counted(day):
    counted = revisions.counted(revisions.changes(asking(day), "it"))
    plain = plain_changes(ORACLE, day, {})
    for row in counted:
        own = [one for one in plain if row["kind"] in ("", one["kind"])]
        states = Counter(one["state"] for one in own)
        assert row["requested"] == len(own) == sum(row[state] for state in revisions.STATES)
        assert all(row[state] == states[state] for state in revisions.STATES)
        days = sorted(one["days"] for one in own if one["state"] in revisions.DECIDED)
        assert (row["decided"], row["median"]) == (len(days), middle(days))
        if days:
            assert (
                sum(one <= row["most"] for one in days) * 10
                >= 9 * len(days)
                > 10 * sum(one < row["most"] for one in days)
            )
        else:
            assert row["most"] is None
    *kinds, whole = counted
    assert all(sum(row[name] for row in kinds) == whole[name] for name in ("requested", "decided", *revisions.STATES))


def test_nine_of_ten_is_the_least_number_that_nine_tenths_do_not_pass():
    assert nine_of_ten([]) is None
    assert nine_of_ten([7]) == 7
    assert nine_of_ten(list(range(1, 11))) == 9
    assert nine_of_ten(list(range(11, 0, -1))) == math.ceil(9.9)


# ---------------------------------------------------------------- versions and what followed


def plain_versions(day, project):
    """Return the budget of a project by version and cell, as known on a day."""
    held = defaultdict(dict)
    for row in ORACLE.known("budget", day):
        if row["project_id"] == project:
            held[int(row["version"])][row["action_line"], row["cost_category"]] = Decimal(row["amount_eur"])
    return dict(held)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_versions_and_what_moved_between_them(day):
    known = revisions.versions(asking(day))
    for project in ORACLE.projects():
        plain, before = plain_versions(day, project), {}
        assert [one.number for one in known.get(project, [])] == sorted(plain)
        for one in known.get(project, []):
            cells = plain[one.number]
            assert one.amount == sum(cells.values())
            moves = [cells.get(cell, 0) - before.get(cell, 0) for cell in {*cells, *before}] if before else []
            assert one.risen == sum((move for move in moves if move > 0), Decimal(0))
            assert one.fallen == -sum((move for move in moves if move < 0), Decimal(0))
            assert one.moved == min(one.risen, one.fallen)
            before = cells


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_version_that_followed_a_change_is_the_first_since_its_decision(day):
    asked = asking(day)
    told = revisions.followed(revisions.changes(asked, "it"), revisions.versions(asked))
    approved = [
        row
        for row in plain_changes(ORACLE, day, {})
        if row["kind"] == "budget" and row["state"] in ("approved", "effective")
    ]
    for row in approved:
        since = {int(one["version"]): one["known_from"] for one in ORACLE.known("budget", day)
                 if one["project_id"] == row["project_id"] and one["known_from"] >= row["decided_on"]}  # fmt: skip
        assert (told[row["change_id"]].number if row["change_id"] in told else None) == min(since, default=None)
    assert set(told) <= {row["change_id"] for row in approved}


def test_what_the_example_asked_to_move_is_what_its_budgets_moved():
    asked = asking(LAST)
    changes = revisions.changes(asked, "it")
    told = revisions.followed(changes, revisions.versions(asked))
    amounts = {row["change_id"]: row["asked_eur"] for row in changes.to_dict("records")}
    assert len(told) == 8
    assert {id: version.moved for id, version in told.items()} == {id: amounts[id] for id in told}


def test_new_partners_after_a_change_are_those_of_the_first_day():
    asked = asking(LAST)
    for change in found(LAST):
        follow = revisions.followed_by(asked, change)
        if change["kind"] != "partnership" or change["state"] not in ("approved", "effective"):
            assert follow is None
            continue
        mine = [row for row in ORACLE.known("partner", LAST) if row["project_id"] == change["project_id"]]
        later = [row for row in mine if row["known_from"] >= change["decided_on"]]
        first = min((row["known_from"] for row in later), default=None)
        names = sorted(row["name"] for row in later if row["known_from"] == first)
        assert (follow and (follow.known_from, sorted(follow.told))) == (first and (first, names))


# ---------------------------------------------------------------- items and tolerance


def plain_spent(day, project):
    held = defaultdict(Decimal)
    sheets = ORACLE.sheets_of(project, day)[-1:]
    for _, sheet in sheets:
        for row in ORACLE.by_sheet("sheet_financial")[sheet]:
            held[row["action_line"], row["cost_category"]] += Decimal(row["incurred_eur"])
    return held if sheets else None


@pytest.mark.parametrize("day", DAYS[::2], ids=str)
def test_items_stand_beside_the_version_before_and_the_newest_sheet_to_the_cent(day):
    asked = asking(day)
    for project, known in revisions.versions(asked).items():
        plain, spent = plain_versions(day, project), plain_spent(day, project)
        for one in known:
            held = {(item.line, item.category): item for item in revisions.items(asked, project, one.number)}
            assert set(held) == {*plain[one.number], *plain.get(one.number - 1, {}), *(spent or {})}
            for cell, item in held.items():
                assert item.now == plain[one.number].get(cell, 0)
                before = plain.get(one.number - 1)
                assert item.before == (None if before is None else before.get(cell, 0))
                assert item.incurred == (None if spent is None else spent[cell])
            parts = revisions.by_category(list(held.values()))
            lines = revisions.by_line(list(held.values()))
            assert sum(part.now for part in parts) == one.amount == sum(total.now for total, _ in lines)
            assert all(total.now == sum(item.now for item in own) for total, own in lines)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_categories_beyond_tolerance_are_those_of_the_raw_rows(day):
    held = {one.project: one for one in revisions.budgeted(asking(day))}
    assert set(held) == {id for id in ORACLE.active(day, {}) if plain_versions(day, id)}
    for project, one in held.items():
        plain, spent = plain_versions(day, project), plain_spent(day, project)
        newest = max(plain)
        assert one.versions == len(plain)
        totals = revisions.totals(one.categories)
        for item in one.categories:
            now, before, incurred = (
                sum(
                    (amount for (_, category), amount in (cells or {}).items() if category == item.category), Decimal(0)
                )
                for cells in (plain[newest], plain.get(newest - 1), spent)
            )
            assert (item.now, item.before) == (now, before if newest > 1 else None)
            assert item.incurred == (None if spent is None else incurred)
            assert item.overspent == (spent is not None and incurred > now)
            if newest > 1 and before:
                grown = float(before) * float(sum(plain[newest].values()) / sum(plain[newest - 1].values()))
                assert item.moved_beyond(TOLERANCE, totals) == (abs(float(now) - grown) / grown > 0.1)
                assert float(item.net(totals)) == pytest.approx(float(now) / grown - 1)


def test_the_bound_of_the_tolerance_is_within_it():
    same = Totals(Decimal(1000), Decimal(1000))
    item = Item("01", "staff", Decimal("100.00"), Decimal("110.00"), Decimal("121.00"))
    assert not item.moved_beyond(TOLERANCE, same)
    assert not item.spent_beyond(TOLERANCE)
    assert item.overspent
    more = Item("01", "staff", Decimal("100.00"), Decimal("110.01"), Decimal("121.02"))
    assert more.moved_beyond(TOLERANCE, same)
    assert more.spent_beyond(TOLERANCE)


def test_what_only_grows_with_the_whole_has_not_moved():
    grown = Totals(Decimal(1000), Decimal(1500))
    item = Item("01", "staff", Decimal(100), Decimal(150), None)
    assert item.net(grown) == 0
    assert not item.moved_beyond(TOLERANCE, grown)
    assert not item.overspent
    assert Item("01", "staff", Decimal(0), Decimal(1), None).moved_beyond(TOLERANCE, grown)
    assert Item("01", "staff", None, Decimal(1), None).net(grown) is None


def test_tolerance_is_the_programme_s_or_none():
    assert revisions.tolerance(asking(LAST)) == TOLERANCE
    assert revisions.tolerance(Asked(shipped("impact"), LAST)) is None


def test_changes_are_a_choice_of_links():
    assert ids(shipped("example"), "change") == sorted(row["change_id"] for row in ORACLE.typed("change_request"))
    assert ids(shipped("impact"), "change") == []


def test_published_extensions_are_told_as_of_the_day():
    impact = Oracle(ROOT / "data" / "impact")
    for day in (date(2018, 1, 1), date(2020, 12, 13), date(2020, 12, 14), date(2022, 5, 25), date(2023, 6, 30)):
        held = revisions.extensions(Asked(shipped("impact"), day), "it").to_dict("records")
        plain = [
            (row["ends_on"], row["extension"], row["known_from"] is None)
            for row in impact.typed("deadline")
            if row["extension"] != "first" and (row["known_from"] or row["decided_not_after"]) <= day
        ]
        assert sorted((row["ends_on"], row["kind"], row["by_then"]) for row in held) == sorted(plain)
