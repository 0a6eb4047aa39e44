"""One project: every part of its page is what a slow computation over the raw rows says, as of any day."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import PurePath

import pytest

from impact_analytics.frames import records
from impact_analytics.queries import Asked, of_project, project, values
from impact_analytics.settings import ROOT
from tests.oracle import Oracle
from tests.shipped import shipped

ORACLES = {name: Oracle(ROOT / "data" / name) for name in ("example", "impact")}
DRAWN = random.Random(16)
DAYS = sorted(date(2018, 3, 1) + timedelta(days=n) for n in DRAWN.sample(range(2700), 30))
ASKED = [(name, day, DRAWN.choice(sorted(ORACLES[name].projects()))) for name in ORACLES for day in DAYS]
ASKED += [("example", date(2024, 12, 31), "e1-T10"), ("impact", date(2010, 1, 1), "1_2018-ITH2")]
every = pytest.mark.parametrize(("name", "day", "id"), ASKED, ids=str)


def on(name, day):
    return Asked(shipped(name), day), ORACLES[name]


def known(oracle, table, day, id, since="known_from"):
    """Return the raw rows of a project that were known by a day; a column that the file lacks is blank."""
    rows = oracle.known(table, day, since) if oracle.typed(table) else []
    return [defaultdict(lambda: None, row) for row in rows if row["project_id"] == id]


def by(day, value):
    return value if value is not None and value <= day else None


def money(text):
    return None if text is None else Decimal(text)


@every
def test_who_it_is(name, day, id):
    asked, oracle = on(name, day)
    raw, found = oracle.projects()[id], project.identity(asked, id, "it")
    if raw["known_from"] > day:
        assert found is None
        return
    same = ("territory", "title", "prog_code", "cup", "lead", "known_from")
    assert [found[part] for part in same] == [raw[part] for part in same]
    for part in ("started_on", "ended_on", "withdrawn_on"):
        assert found[part] == by(day, raw[part])
    ranked = "withdrawn" if found["withdrawn_on"] else "ended" if found["ended_on"] else None
    late = raw["started_on"] is not None and raw["started_on"] > day
    assert found["state"] == (ranked or ("not_started" if late else "active"))


@pytest.mark.parametrize("day", DAYS[::5], ids=str)
@pytest.mark.parametrize("name", ORACLES)
def test_those_to_choose_from(name, day):
    asked, oracle = on(name, day)
    area = oracle.typed("macro_area")[0]["macro_area"]
    for where in ({}, {"macro_area": (area,)}, {"territory": (next(iter(oracle.projects().values()))["territory"],)}):
        narrowed = Asked(asked.snapshot, day, tuple(sorted(where.items())))
        found = set(project.listed(narrowed, "it")["project_id"])
        assert found == set(oracle.chosen(day, where))


@every
def test_lines(name, day, id):
    asked, oracle = on(name, day)
    found = {row["action_line"]: row for row in records(project.by_line(asked, id, "it"))}
    if oracle.gone(id, day):
        assert all(not row["budget"] for row in found.values())
        return
    budget, clocks = oracle.budget(id, day), oracle.clocks(id, day)
    for column, metric in (("incurred_eur", "incurred"), ("committed_eur", "commitments")):
        spent = oracle.spent(id, day, column)
        assert {line: row[metric] for line, row in found.items() if row[metric] is not None} == spent
    assert {line: row["budget"] for line, row in found.items() if row["budget"] is not None} == dict(budget)
    for line, (amount, time, physical, spent) in clocks.items():
        assert found[line]["budget_progress"] == pytest.approx(float(spent / amount)) or not oracle.sheets_of(id, day)
        for metric, share in (("time_progress", time), ("physical_progress", physical)):
            assert found[line][metric] == (None if share is None else pytest.approx(float(share)))


@every
def test_funding_versions(name, day, id):
    asked, oracle = on(name, day)
    raw = sorted(known(oracle, "funding", day, id), key=lambda row: int(row["version"]))
    found = records(project.funding(asked, id, "it"))
    amounts = [money(row["amount_eur"]) for row in raw]
    assert [row["amount_eur"] for row in found] == amounts
    assert [row["before_eur"] for row in found] == [None, *amounts][: len(amounts)]
    for part in ("eu_eur", "state_eur", "own_eur"):
        assert [row[part] for row in found] == [money(row[part]) for row in raw]


@every
def test_payment_requests(name, day, id):
    asked, oracle = on(name, day)
    raw = sorted(known(oracle, "payment_request", day, id, "submitted_on"), key=lambda row: -int(row["number"]))
    found = records(project.requests(asked, id))
    assert [row["request_id"] for row in found] == [row["request_id"] for row in raw]
    for told, row in zip(found, raw, strict=True):
        decided = by(day, row["decided_on"])
        eligible = money(row["eligible_eur"]) if decided else None
        assert told["declared_eur"] == money(row["declared_eur"])
        assert told["verified_eur"] == (money(row["verified_eur"]) if by(day, row["verified_on"]) else None)
        assert (told["decided_on"], told["eligible_eur"], told["open"]) == (decided, eligible, int(not decided))
        assert told["cut_eur"] == (money(row["declared_eur"]) - eligible if decided else None)
        paid = [
            money(one["amount_eur"])
            for one in known(oracle, "payment", day, id)
            if one["request_id"] == row["request_id"]
        ]
        assert told["paid_eur"] == (sum(paid) if paid else None)
        assert told["age_days"] == (day - row["submitted_on"]).days
        spent, holder = days_held(oracle, row["request_id"], day)
        assert told["holder"] == holder
        for who in ("authority", "beneficiary", "auditor", "suspended"):
            assert (told[f"{who}_days"] or 0) == spent[who]


def days_held(oracle, request, day):
    """Return how many days each held a request by a day, and who holds it."""
    steps = [row for row in oracle.known("request_step", day, "on_date") if row["request_id"] == request]
    steps.sort(key=lambda row: int(row["position"]))
    spent = Counter()
    for place, step in enumerate(steps):
        until = steps[place + 1]["on_date"] if place + 1 < len(steps) else day
        spent[step["holder"]] += (until - step["on_date"]).days
    return spent, steps[-1]["holder"] if steps else None


@every
def test_cash(name, day, id):
    asked, oracle = on(name, day)
    told = Counter((row["kind"], row["on_date"], row["amount_eur"]) for row in records(project.cash(asked, id, "it")))
    raw = [(row["kind"], row["paid_on"], money(row["amount_eur"])) for row in known(oracle, "payment", day, id)]
    for row in known(oracle, "recovery", day, id):
        raw.append(("recovery_ordered", row["ordered_on"], money(row["ordered_eur"])))
        if by(day, row["received_on"]):
            raw.append(("recovered", row["received_on"], money(row["received_eur"])))
    assert told == Counter(raw)


@every
def test_sheets(name, day, id):
    asked, oracle = on(name, day)
    late_days = shipped(name).programme.late_days
    told = {row["period_id"]: row["grade"] for row in records(project.sheets(asked, id, "it"))}
    raw = {}
    plain = next((row for row in oracle.rows("project", day) if row["project_id"] == id), None)
    for period in oracle.rows("reporting_period") if plain else ():
        sheets = [
            row
            for row in oracle.rows("sheet", day, "received_on")
            if (row["project_id"], row["period_id"]) == (id, period["period_id"])
        ]
        if oracle.expected(plain, period) and (sheets or date.fromisoformat(period["due_on"]) <= day):
            raw[period["period_id"]] = oracle.grade(sheets, period, day, late_days)
    assert told == raw


@every
def test_changes(name, day, id):
    asked, oracle = on(name, day)
    told = {row["change_id"]: row for row in records(project.changes(asked, id, "it"))}
    raw = {row["change_id"]: row for row in known(oracle, "change_request", day, id) if row["requested_on"] <= day}
    assert set(told) == set(raw)
    for change, row in raw.items():
        decided = by(day, row["decided_on"])
        assert told[change]["outcome"] == (row["outcome"] if decided else "waiting")
        assert told[change]["decided_on"] == decided
        assert told[change]["effective_on"] == (by(day, row["effective_on"]) if decided else None)
        assert told[change]["waiting_days"] == ((decided or day) - row["requested_on"]).days


@every
def test_controls_and_findings(name, day, id):
    asked, oracle = on(name, day)
    raw = {row["check_id"]: row["kind"] for row in known(oracle, "on_the_spot_check", day, id, "done_on")}
    sheets = {row["sheet_id"] for row in oracle.typed("sheet") if row["project_id"] == id}
    requests = {row["request_id"] for row in oracle.typed("payment_request") if row["project_id"] == id}
    raw |= {
        row["review_id"]: "desk" for row in oracle.known("desk_review", day, "reviewed_on") if row["sheet_id"] in sheets
    }
    raw |= {
        row["verification_id"]: "administrative"
        for row in oracle.known("verification", day, "verified_on")
        if row["request_id"] in requests
    }
    told = {row["control_id"]: row for row in records(project.controls(asked, id, "it"))}
    assert {control: row["kind"] for control, row in told.items()} == raw
    found = {row["finding_id"]: row for row in known(oracle, "finding", day, id, "found_on")}
    behind = Counter(row["review_id"] or row["verification_id"] or row["check_id"] for row in found.values())
    assert {control: row["findings"] for control, row in told.items() if row["findings"]} == {
        control: count for control, count in behind.items() if control
    }
    listed = {row["finding_id"]: row for row in records(project.findings(asked, id))}
    assert set(listed) == set(found)
    for finding, row in found.items():
        assert listed[finding]["closed_on"] == by(day, row["closed_on"])
        assert listed[finding]["reaction_on"] == by(day, row["reaction_on"])
        assert listed[finding]["reaction"] == ((row["reaction"] or "") if by(day, row["reaction_on"]) else "")
        assert listed[finding]["cut_eur"] == money(row["cut_eur"])


@every
def test_open_findings_stand_first(name, day, id):
    found = records(project.findings(on(name, day)[0], id))
    closed = [row["closed_on"] is not None for row in found]
    assert closed == sorted(closed)


@every
def test_bodies_and_results(name, day, id):
    asked, oracle = on(name, day)
    bodies = {row["partner_id"] for row in records(project.partners(asked, id, "it"))}
    assert bodies == {row["partner_id"] for row in known(oracle, "partner", day, id)}
    told = Counter((row["name"], row["kind"], row["value"]) for row in records(project.results(asked, id, "en")))
    raw = known(oracle, "result", day, id)
    assert told == Counter((row["name_en"], row["kind"], int(row["value"])) for row in raw)


@every
def test_documents(name, day, id):
    asked, oracle = on(name, day)
    raw = {row["title_en"] for row in acts_of(oracle, day, id)}
    raw |= {row["title_en"] for row in known(oracle, "territory_item", day, id) if row["kind"] == "document"}
    found = records(project.documents(asked, id, "en"))
    assert {row["title"] for row in found} == raw
    days = [row["on_date"] for row in found if row["on_date"]]
    assert days == sorted(days, reverse=True)


def acts_of(oracle, day, id):
    """Return the acts that are a project's own, or that decide on its funding, term, changes and recoveries."""
    place = oracle.projects()[id]
    named = {row["act_id"] for row in oracle.typed("act") if row["project_id"] == id}
    named |= {row["act_id"] for table in ("funding", "recovery") for row in known(oracle, table, day, id)}
    changes = [row for row in oracle.typed("change_request") if row["project_id"] == id]
    named |= {row["act_id"] for row in changes if by(day, row["decided_on"])}
    for row in oracle.typed("deadline"):
        since = row["known_from"] or row["decided_not_after"]
        mine = row["call_id"] == place["call_id"] and row["project_id"] in (None, id)
        if mine and since <= min(day, place["withdrawn_on"] or day):
            named.add(row["act_id"])
    return [row for row in oracle.known("act", day) if row["act_id"] in named]


@every
def test_files_and_lines_behind_it(name, day, id):
    asked, oracle = on(name, day)
    told = defaultdict(int)
    for row in records(project.origins(asked, id)):
        told[row["table"]] += row["count"]
        numbers = [part.split("–") for part in row["lines"].split(", ")]
        lines = [line for part in numbers for line in range(int(part[0]), int(part[-1]) + 1)]
        assert len(lines) == row["count"]
        listed = ORACLES[name].tables[PurePath(row["file"]).stem]
        assert {listed[line - 2]["project_id"] for line in lines} == {id}
    raw = {}
    for table, since in project.OWN.items():
        rows = [row for row in oracle.typed(table) if row["project_id"] == id]
        if table == "deadline":
            rows = [row for row in rows if (row["known_from"] or row["decided_not_after"]) <= day]
        else:
            rows = [row for row in rows if by(day, row[since])]
        raw |= {table: len(rows)} if rows else {}
    assert dict(told) == raw


@pytest.mark.parametrize(
    ("lines", "said"), [([], ""), ([3], "3"), ([2, 5, 6, 7], "2, 5–7"), ([9, 1, 2, 8], "1–2, 8–9"), ([4, 4], "4")]
)
def test_lines_that_follow_each_other_are_a_span(lines, said):
    assert project.spans(lines) == said


@pytest.mark.parametrize("name", ORACLES)
def test_figures_are_the_metrics_of_the_project(name):
    day = shipped(name).programme.default_as_of
    asked, oracle = on(name, day)
    estimates = oracle.estimates(day)
    for id in oracle.projects():
        one = of_project(asked, id)
        found = project.figures(one, (*project.MONITORED, "funding"))
        plain = values(one, project.MONITORED)
        assert {metric: value.value for metric, value in found.items() if metric != "funding"} == {
            metric: value.value for metric, value in plain.items()
        }
        assert found["funding"].value == (oracle.stated(id, day) or estimates.get(id))
        assert (found["funding"].basis == "estimate") == (id in estimates)
