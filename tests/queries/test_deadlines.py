"""Terms: the same answers as a slow computation over the raw rows, and what the shipped data must say."""

import csv
import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from impact_analytics import build
from impact_analytics.programme import School
from impact_analytics.queries import Asked, deadlines, rows, value

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "40_deadlines.py"
DAYS = sorted({date(2019, 9, 1) + timedelta(days=n) for n in random.Random(20).sample(range(2200), 13)})
DAYS += [date(2021, 5, 20), date(2024, 5, 1), date(2024, 6, 28)]  # a withdrawal; a term possible; the same term certain
COLUMNS = (
    "first_term_on",
    "term_on",
    "own_term_on",
    "call_term_on",
    "act_id",
    "act_not_found",
    "possible_term_on",
    "possible_by_on",
    "with_money_months",
    "without_money_months",
    "not_known_months",
    "moved_months",
    "ended_on",
    "withdrawn_on",
    "expected_end_on",
    "residual_days",
)


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPACT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def impact(_cache):
    return build.build(ROOT / "data" / "impact")


@pytest.fixture(scope="module")
def example(_cache):
    return build.build(ROOT / "data" / "example")


def on(snapshot, day, **others):
    return Asked(snapshot, date.fromisoformat(day) if isinstance(day, str) else day, **others)


def only(asked, territory):
    return replace(asked, where=(("territory", (territory,)),))


# ---------------------------------------------------------------- the slow way


def read(table):
    with (ROOT / "data" / "example" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return [{key: as_date(text) for key, text in row.items()} for row in csv.DictReader(lines)]


def as_date(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text or None


def months(before, after):
    return (after.year - before.year) * 12 + after.month - before.month


def expected_end(project, day, sheets, ends):
    newest = {}
    for sheet in sorted(sheets[project["project_id"]], key=lambda sheet: int(sheet["version"])):
        if sheet["received_on"] <= day:
            newest[sheet["period_id"]] = sheet
    for period in sorted(newest, reverse=True):
        if found := ends.get(newest[period]["sheet_id"]):
            return max(found)
    return None


def slow(project, day, decisions, sheets, ends):
    gone = project["withdrawn_on"] and project["withdrawn_on"] <= day
    mine = [row for row in decisions if row["project_id"] in (None, project["project_id"])]
    certain = sorted(
        (since(row), row["project_id"] is not None, row["ends_on"], row["deadline_id"], row) for row in mine
    )
    known = [row for when, *_, row in certain if when <= day and not (gone and when > project["withdrawn_on"])]
    possible = [row for row in mine if since(row) > day and not row["known_from"] and row["decided_not_before"] <= day]
    moved = {"with_money": 0, "without_money": 0, "not_known": 0, "first": 0}
    for before, after in pairwise(known):
        moved[after["extension"]] += months(before["ends_on"], after["ends_on"])
    ended = project["ended_on"] if project["ended_on"] and project["ended_on"] <= day else None
    expected = None if gone else expected_end(project, day, sheets, ends)
    end = ended or expected
    late = max(0, (end - known[-1]["ends_on"]).days) if end and known and not gone else None
    last = known[-1] if known else {}
    likely = max(possible, key=lambda row: row["ends_on"]) if possible and not gone else None
    return {
        "first_term_on": known[0]["ends_on"] if known else None,
        "term_on": last.get("ends_on"),
        "own_term_on": next((row["ends_on"] for row in reversed(known) if row["project_id"]), None),
        "call_term_on": next((row["ends_on"] for row in reversed(known) if not row["project_id"]), None),
        "act_id": last.get("act_id"),
        "act_not_found": not last["known_from"] if last else None,
        "possible_term_on": likely["ends_on"] if likely else None,
        "possible_by_on": likely["decided_not_after"] if likely else None,
        "with_money_months": moved["with_money"] if known else None,
        "without_money_months": moved["without_money"] if known else None,
        "not_known_months": moved["not_known"] + moved["first"] if known else None,
        "moved_months": sum(moved.values()) if known else None,
        "ended_on": ended,
        "withdrawn_on": project["withdrawn_on"] if gone else None,
        "expected_end_on": expected,
        "residual_days": late,
    }


def since(row):
    return row["known_from"] or row["decided_not_after"]


@pytest.fixture(scope="module")
def raw():
    return raw_rows()


def raw_rows():
    projects, decisions, sheets, ends = read("project"), read("deadline"), {}, {}
    for row in read("sheet"):
        sheets.setdefault(row["project_id"], []).append(row)
    for row in read("sheet_procedural"):
        if row["expected_end_on"]:
            ends.setdefault(row["sheet_id"], []).append(row["expected_end_on"])
    return projects, decisions, {row["project_id"]: sheets.get(row["project_id"], []) for row in projects}, ends


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("without", [(), ("act_time",), ("act_money", "act_e1_t01_addendum_1")], ids=len)
def test_the_mart_says_what_the_raw_rows_say(example, raw, day, without):
    projects, decisions, sheets, ends = raw
    kept = [row for row in decisions if row["act_id"] not in without]
    sql = f"SELECT project_id, {', '.join(COLUMNS)} FROM mart_term WHERE as_of = $as_of ORDER BY project_id"
    found = rows(on(example, day, without=without), sql).to_dict("records")
    told = [
        {"project_id": project["project_id"]} | slow(project, day, kept, sheets, ends)
        for project in projects
        if project["known_from"] <= day
    ]
    assert found == told


def test_the_days_drawn_see_every_kind_of_term(example):
    every = [deadlines.standing(on(example, day), "en") for day in DAYS]
    assert any(now.possible_on for now in every)
    assert any(now.act_not_found for now in every)
    assert any(now.late for now in every)
    assert any(now.active < now.all for now in every)


# ---------------------------------------------------------------- the shipped programme


@pytest.mark.parametrize("day", ["2020-12-14", "2021-03-31", "2022-05-25"])
def test_the_decree_moves_the_term(impact, day):
    now = deadlines.standing(on(impact, day), "it")
    assert value(on(impact, day), "term_in_force").value == date(2022, 6, 30)
    assert (now.acts, now.act_not_found, now.with_term) == (("Decreto del 14/12/2020",), False, 19)


def test_the_day_before_the_act_was_not_found(impact):
    now = deadlines.standing(on(impact, "2020-12-13"), "it")
    assert value(on(impact, "2020-12-13"), "term_in_force").value == date(2021, 6, 30)
    assert (now.act_not_found, now.acts, now.possible_on) == (True, (), None)


def test_a_possible_term_is_never_the_term_in_force(impact):
    found = deadlines.terms(on(impact, "2019-12-31"), "it")
    assert {term for term in found["term_on"] if term} == {date(2020, 12, 31)}
    assert found["term_on"].notna().sum() == 2
    now = deadlines.standing(on(impact, "2019-12-31"), "it")
    assert (now.first, now.with_term) == (2, 2)
    assert (now.possible_on, now.possible_by) == (date(2021, 6, 30), date(2020, 12, 13))


def test_a_term_is_possible_only_between_its_two_days(impact):
    days = {"2018-07-04": False, "2018-07-05": True, "2020-12-12": True, "2020-12-13": False}
    found = {day: deadlines.decisions(on(impact, day), "it")["possible"].any() for day in days}
    assert found == days


def test_months_moved_add_up_by_type(impact):
    found = deadlines.terms(on(impact, "2023-06-30"), "it").set_index("id")
    for id, told in {"1_2018-ITC2": (12, 0, 18, 30), "1_2018-ITC1": (12, 0, 12, 24)}.items():
        names = [f"{name}_months" for name in (*deadlines.EXTENSIONS, "moved")]
        assert tuple(found.loc[id, names]) == told


def test_the_legal_limits_change_with_the_day(impact):
    def in_force(day):
        found = deadlines.limits(on(impact, day), "it")
        return dict(found.loc[found["in_force"].astype(bool), ["kind", "limit_on"]].itertuples(index=False))

    assert in_force("2022-04-11") == {"incurred": date(2022, 12, 31), "paid": date(2023, 6, 30)}
    after = {"incurred": date(2024, 6, 30), "paid": date(2024, 6, 30), "final_report": date(2024, 12, 31)}
    assert in_force("2022-04-12") == after


def test_the_extension_follows_the_new_limit_by_six_weeks(impact):
    def near(day):
        return deadlines.after_limit(on(impact, day), "it")

    assert near("2022-05-25") is None
    assert near("2022-05-26") == ("Decreto n. 38/2022", "Reg. (UE) 2022/585", 44)


def test_the_withdrawal_is_said_to_the_month_and_its_refund_to_the_day(impact):
    def told(day):
        return deadlines.withdrawals(on(impact, day), "it")[["withdrawn", "ordered_on"]].values.tolist()

    assert told("2019-09-29") == []
    assert told("2019-09-30") == [["settembre\u00a02019", None]]
    assert told("2020-06-10") == [["settembre\u00a02019", None]]
    assert told("2020-06-11") == [["settembre\u00a02019", date(2020, 6, 11)]]


def test_what_is_decided_later_does_not_move_the_term_of_who_withdrew(impact):
    before, after = (
        deadlines.terms(only(on(impact, day), "ITH2"), "it").iloc[0] for day in ("2019-09-29", "2023-06-30")
    )
    assert (before["term_on"], before["possible_term_on"]) == (None, date(2021, 6, 30))
    assert (after["term_on"], after["possible_term_on"], after["withdrawn"]) == (None, None, "09/2019")


def test_steps_begin_with_what_is_attested_for_single_projects(impact):
    found = deadlines.steps(deadlines.decisions(on(impact, "2023-06-30"), "it"), single=False)
    assert found["ends_on"].tolist() == [date(2020, 12, 31), date(2021, 6, 30), date(2022, 6, 30), date(2023, 6, 30)]
    assert found["count"].tolist() == [2, 0, 0, 0]
    assert found["uncertain"].tolist() == [False, True, False, False]


def test_without_an_act_the_same_day_is_another(impact):
    asked = on(impact, "2023-06-30", without=("decree_38_2022",))
    found = deadlines.compared(asked, "it").set_index("label")
    assert len(found) == 19
    row = found.loc["Lombardia"]
    assert (row["term_on"], row["other_term_on"]) == (date(2023, 6, 30), date(2022, 6, 30))
    assert (row["residual_days"], row["other_residual_days"]) == (0, 365)
    assert value(asked, "projects_late").value == 5


def test_acts_of_projects_follow_the_act_of_the_call(example):
    asked = on(example, "2024-12-31")
    follow = deadlines.following(asked, ("act_time",))
    assert len(follow) == 18
    assert all(act.endswith("_addendum_2") for act in follow)
    assert len(deadlines.following(asked, ("act_money",))) == 19


def test_school_years_leave_out_the_summer():
    def told(before, after):
        spans = deadlines.school_years(date.fromisoformat(before), date.fromisoformat(after), School())
        return [(span.year, str(span.starts_on), str(span.ends_on), span.whole) for span in spans]

    assert told("2021-06-30", "2022-06-30") == [(2021, "2021-09-01", "2022-06-30", True)]
    assert told("2021-06-30", "2021-12-31") == [(2021, "2021-09-01", "2021-12-31", False)]
    assert told("2022-06-30", "2022-08-31") == []
    assert told("2022-06-30", "2021-06-30") == []
    assert deadlines.school_years(None, date(2022, 6, 30), School()) == []


# ---------------------------------------------------------------- invented data

TABLES = {
    "source": [("source_id", "title", "publisher"), ("paper", "Paper", "Publisher")],
    "macro_area": [("macro_area", "name_it", "name_en", "position"), ("all", "Tutto", "All", 1)],
    "programme_call": [
        (
            *("call_id", "title_it", "title_en", "fund_it", "fund_en", "objective_it", "objective_en"),
            *("opened_on", "known_from", "source_id"),
        ),
        ("c", "T", "T", "F", "F", "O", "O", "2018-01-01", "2018-01-01", "paper"),
    ],
    "territory": [
        ("territory", "name_it", "name_en", "macro_area", "applied", "source_id"),
        ("A", "A", "A", "all", "true", "paper"),
    ],
    "action_line": [
        (
            "action_line",
            "call_id",
            "position",
            "name_it",
            "name_en",
            "title_it",
            "title_en",
            "school_time",
            "source_id",
        ),
        ("l", "c", 1, "L", "L", "L", "L", "false", "paper"),
    ],
    "project": [
        ("project_id", "call_id", "territory", "lead", "known_from", "source_id"),
        ("c-A", "c", "A", "Lead", "2018-06-01", "paper"),
    ],
    "act": [
        (
            *("act_id", "kind", "title_it", "title_en", "short_it", "short_en"),
            *("adopted_on", "milestone", "known_from", "source_id"),
        ),
        ("extension", "decree", "P", "E", "P", "E", "2020-12-14", "true", "2020-12-14", "paper"),
    ],
    "code": [
        ("list", "code", "name_it", "name_en", "position"),
        ("act_kind", "decree", "Decreto", "Decree", 1),
    ],
    "deadline": [
        ("deadline_id", "call_id", "project_id", "ends_on", "act_id", "extension", "known_from", "source_id"),
        ("first", "c", "", "2021-06-30", "", "first", "2018-09-01", "paper"),
        ("moved", "c", "", "2022-06-30", "extension", "with_money", "2020-12-14", "paper"),
    ],
    "reporting_period": [
        ("period_id", "starts_on", "ends_on", "due_on"),
        ("2021-H1", "2021-01-01", "2021-06-30", "2021-07-31"),
    ],
    "sheet": [
        ("sheet_id", "project_id", "period_id", "version", "received_on", "source_id"),
        ("s", "c-A", "2021-H1", 1, "2021-06-30", "paper"),
    ],
    "sheet_procedural": [
        ("sheet_id", "action_line", "work_package", "state", "expected_end_on"),
        ("s", "l", "one", "in_progress", "2021-12-31"),
        ("s", "l", "two", "in_progress", "2021-10-31"),
    ],
}
PROGRAMME = """
basis = "published"
status = "open"
default_as_of = 2021-07-01
call = "c"
name = { it = "P", en = "P" }
title = { it = "P", en = "P" }
"""


def written(folder, *more):
    """Write the invented programme, with more rows of `deadline`."""
    folder.mkdir()
    (folder / "programme.toml").write_text(PROGRAMME, encoding="utf-8")
    for table, listed in (TABLES | {"deadline": [*TABLES["deadline"], *more]}).items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(listed)
    return folder


def test_moving_a_term_is_not_a_delay(tmp_path):
    small = build.build(written(tmp_path / "small"))
    asked = on(small, "2021-07-01")
    assert value(asked, "residual_delay").value == 0
    assert value(replace(asked, without=("extension",)), "residual_delay").value == 184
    assert value(replace(asked, as_of=date(2021, 6, 29)), "residual_delay").value is None
    told = deadlines.compared(replace(asked, without=("extension",)), "en").iloc[0].tolist()
    assert told == ["c-A", "A", date(2022, 6, 30), date(2021, 6, 30), 0, 184]


@pytest.mark.parametrize(
    ("own", "term"),
    [
        (("own", "c", "c-A", "2022-03-31", "", "with_money", "2020-12-14", "paper"), date(2022, 3, 31)),
        (("own", "c", "c-A", "2022-03-31", "", "with_money", "2020-12-13", "paper"), date(2022, 6, 30)),
        (("own", "c", "c-A", "2022-03-31", "", "with_money", "2021-07-02", "paper"), date(2022, 6, 30)),
    ],
    ids=["the same day", "before the call", "not yet known"],
)
def test_of_decisions_on_one_day_the_project_s_own_is_in_force(tmp_path, own, term):
    small = build.build(written(tmp_path / "small", own))
    assert value(on(small, "2021-07-01"), "term_in_force").value == term


def test_a_decision_that_moves_nothing_is_no_step(example):
    decided = deadlines.decisions(only(on(example, "2024-12-31"), "T20"), "en")
    found = deadlines.steps(decided, single=True)
    assert found["ends_on"].astype(str).tolist() == ["2022-07-31", "2023-12-31", "2025-06-30", "2025-09-30"]
    assert found["uncertain"].tolist() == [False, False, False, True]


def test_a_first_term_of_its_own_moves_the_call_s_by_an_unknown_type(tmp_path):
    small = build.build(
        written(tmp_path / "small", ("own", "c", "c-A", "2021-09-30", "", "first", "2019-01-01", "paper"))
    )
    row = deadlines.terms(on(small, "2021-07-01"), "en").iloc[0]
    names = ("with_money_months", "not_known_months", "moved_months")
    assert tuple(row[name] for name in names) == (9, 3, 12)


# ---------------------------------------------------------------- what the page says


@pytest.fixture(scope="module")
def said(impact, example):
    def run(**asked):
        app = AppTest.from_file(str(PAGE), default_timeout=60)
        for name, chosen in asked.items():
            app.query_params[name] = chosen
        app.run()
        assert not app.exception
        return " ".join(part.proto.body for part in app.get("html"))

    return run


def test_the_page_says_what_is_certain_and_what_is_possible(said):
    told = said(as_of="2019-12-31", lang="en")
    assert "31/12/2020, attested for 2 of 20 territories, or 30/06/2021, act not found" in told
    assert "withdrawn from September\u00a02019." in told
    assert "30/09/2019" not in told


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize(
    "asked",
    [
        {"programme": "impact"},
        {"programme": "impact", "as_of": "2018-03-02"},
        {"programme": "impact", "as_of": "2018-07-20"},
        {"programme": "impact", "as_of": "2018-09-30"},
        {"programme": "impact", "territory": "ITH2"},
        {"programme": "impact", "territory": "ITC2", "as_of": "2020-12-13"},
        {"programme": "impact", "without": ["decree_20201214", "decree_38_2022"]},
        {"programme": "example", "action_line": "01"},
        {"programme": "example", "as_of": "2019-02-04"},
        {"programme": "example", "without": "act_time", "territory": "T05"},
    ],
    ids=str,
)
def test_the_page_opens(said, lang, asked):
    assert "<h1" in said(lang=lang, **asked)
