"""The five measures of control, the findings and what followed, beside a slow reading of the raw rows."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from impact_analytics import build
from impact_analytics.frames import records
from impact_analytics.queries import Asked, controls, values
from impact_analytics.queries.controls import MEASURES, FinancialYear, Measure
from tests.oracle import Oracle
from tests.queries.asking import oracle
from tests.shipped import shipped

FIRST, DAYS = date(2019, 2, 1), 2300  # the life of the programme, and some time after
WHERE = ({}, {"territory": ("T10",)}, {"macro_area": None}, {"territory": ("T03", "T05", "T18")})


def asking():
    """Return 30 seeded days with what each is narrowed to, the days at a year's ends among them."""
    drawing, known = random.Random("controls"), oracle("example")
    areas = sorted({row["macro_area"] for row in known.typed("territory")})
    days = [date(2022, 2, 1), date(2023, 10, 15), date(2023, 10, 16), date(2024, 12, 16), date(2010, 1, 1)]
    days += [FIRST + timedelta(days=drawing.randrange(DAYS)) for _ in range(25)]
    found = []
    for place, day in enumerate(days):
        where = WHERE[place % len(WHERE)]
        found.append((day, {name: ids or (drawing.choice(areas),) for name, ids in where.items()}))
    return found


WAYS = asking()


def asked(day, where):
    return Asked(shipped("example"), day, tuple(sorted(where.items())))


def year_of(day):
    return day.year + ((day.month, day.day) >= (10, 16))


def bounds(year):
    return date(year - 1, 10, 16), date(year, 10, 15)


# ---------------------------------------------------------------- plain twins of the metrics


def plain_requests(known, day, where):
    rows = known.known("payment_request", day, "submitted_on")
    return [row for row in rows if known.inside(row["project_id"], where)]


def plain_verified(known, day):
    """Return the newest verification of each request by then."""
    newest = {}
    for row in sorted(
        known.known("verification", day, "verified_on"), key=lambda row: (row["verified_on"], row["verification_id"])
    ):
        newest[row["request_id"]] = row
    return newest


def plain_requests_submitted(known, day, where):
    return len(plain_requests(known, day, where)) or None


def plain_requests_verified(known, day, where):
    done = plain_verified(known, day)
    return sum(row["request_id"] in done for row in plain_requests(known, day, where)) or None


def plain_verification_rate(known, day, where):
    return ratio(plain_requests_verified(known, day, where), plain_requests_submitted(known, day, where))


def plain_final(known, day, where):
    """Return of each project declared finalised by then the first year, its contribution and what was controlled."""
    project = {row["request_id"]: row["project_id"] for row in known.typed("payment_request")}
    entries = defaultdict(list)
    for row in known.known("accounts_entry", day):
        entries[project[row["request_id"]]].append(row)
    found = {}
    for id, rows in entries.items():
        final = [int(row["financial_year"]) for row in rows if row["final"] == "true"]
        if final and known.inside(id, where):
            whole = sum(Decimal(row["eu_eur"]) for row in rows)
            seen = sum(
                Decimal(row["controlled_eu_eur"] or 0)
                for row in known.known("on_the_spot_check", day, "done_on")
                if row["project_id"] == id and row["kind"] == "financial"
            )
            found[id] = min(final), whole, max(Decimal(0), min(whole, Decimal(seen)))
    return found


def plain_finalised(known, day, where):
    found = plain_final(known, day, where)
    return sum(whole for _, whole, _ in found.values()) if found else None


def plain_finalised_controlled(known, day, where):
    found = plain_final(known, day, where)
    return sum(seen for _, _, seen in found.values()) if found else None


def plain_on_the_spot_rate(known, day, where):
    return ratio(plain_finalised_controlled(known, day, where), plain_finalised(known, day, where))


def plain_under_way(known, day, where, year):
    """Return the projects under implementation in a year, as known by a day."""
    first, last = bounds(year)
    found = []
    for id in known.chosen(day, where):
        row = known.projects()[id]
        over = [row[name] for name in ("withdrawn_on", "ended_on") if row[name] and row[name] <= day]
        until = over[0] if over else known.term(id, day) or day
        if (row["started_on"] or row["known_from"]) <= min(last, day) and first <= day and first <= until:
            found.append(id)
    return found


def plain_checked(known, day, where, year):
    done = {
        row["project_id"]
        for row in known.known("on_the_spot_check", day, "done_on")
        if row["kind"] == "operational" and int(row["financial_year"]) == year
    }
    return [id for id in plain_under_way(known, day, where, year) if id in done]


def plain_projects_under_way(known, day, where):
    return len(plain_under_way(known, day, where, year_of(day))) or None


def plain_projects_checked(known, day, where):
    under_way = plain_projects_under_way(known, day, where)
    return len(plain_checked(known, day, where, year_of(day))) if under_way else None


def plain_operational_rate(known, day, where):
    return ratio(plain_projects_checked(known, day, where), plain_projects_under_way(known, day, where))


def plain_findings(known, day, where):
    return [row for row in known.known("finding", day, "found_on") if known.inside(row["project_id"], where)]


def plain_irregularities(known, day, where):
    found = plain_findings(known, day, where)
    return sum(row["irregularity"] == "true" for row in found) if found else None


def ratio(part, whole):
    return float(part) / float(whole) if part is not None and whole else None


NEW = (
    "requests_submitted", "requests_verified", "verification_rate", "finalised", "finalised_controlled",
    "on_the_spot_rate", "projects_under_way", "projects_checked", "operational_rate", "irregularities",
)  # fmt: skip


@pytest.mark.parametrize("place", range(len(WAYS)))
def test_metrics_are_what_plain_reading_says(place):
    day, where = WAYS[place]
    found = values(asked(day, where), NEW)
    for name in NEW:
        expected = globals()[f"plain_{name}"](oracle("example"), day, where)
        given = found[name].value
        same = given == (pytest.approx(expected) if isinstance(expected, float) else expected)
        assert same or (not given and not expected), (name, day, where, given, expected)


def test_days_drawn_reach_every_case():
    known = oracle("example")
    reached = {name: {globals()[f"plain_{name}"](known, day, where) for day, where in WAYS} for name in NEW}
    assert all(len(found - {None}) > 1 for found in reached.values()), reached


# ---------------------------------------------------------------- the measures by year


def plain_year(known, day, where, year):
    first, last = bounds(year)
    arrived = {}
    for row in known.known("sheet", day, "received_on"):
        if known.inside(row["project_id"], where):
            place = row["project_id"], row["period_id"]
            arrived[place] = min(arrived.get(place, row["received_on"]), row["received_on"])
    sheets = {row["sheet_id"]: (row["project_id"], row["period_id"]) for row in known.typed("sheet")}
    reviewed = {sheets[row["sheet_id"]] for row in known.known("desk_review", day, "reviewed_on")}
    of_year = [place for place, on in arrived.items() if first <= on <= last]
    requests = [row for row in plain_requests(known, day, where) if first <= row["submitted_on"] <= last]
    done = plain_verified(known, day)
    verified = [done[row["request_id"]] for row in requests if row["request_id"] in done]
    final = [row for row in plain_final(known, day, where).values() if row[0] == year]
    checks = [
        row
        for row in known.known("on_the_spot_check", day, "done_on")
        if int(row["financial_year"]) == year and known.inside(row["project_id"], where)
    ]
    return {
        "sheets": len(of_year),
        "reviewed": sum(place in reviewed for place in of_year),
        "requests": len(requests),
        "declared_eur": sum(Decimal(row["declared_eur"]) for row in requests),
        "verified": len(verified),
        "verified_eur": sum(Decimal(row["declared_eur"]) for row in requests if row["request_id"] in done),
        **{name: sum(row[name] == "true" for row in verified) for name in ("formal", "progress", "analytical")},
        "finalised": len(final),
        "finalised_eur": sum(row[1] for row in final),
        "finalised_controlled_eur": sum(row[2] for row in final),
        "under_way": len(plain_under_way(known, day, where, year)),
        "checked": len(plain_checked(known, day, where, year)),
        "checks_operational": sum(row["kind"] == "operational" for row in checks),
        "checks_financial": sum(row["kind"] == "financial" for row in checks),
        "controlled_eur": sum(Decimal(row["controlled_eu_eur"] or 0) for row in checks),
        "error_eur": sum(Decimal(row["error_eu_eur"] or 0) for row in checks),
        "accounts": any(int(row["financial_year"]) == year for row in known.known("accounts_entry", day)),
    }


@pytest.mark.parametrize("place", range(len(WAYS)))
def test_measures_of_every_year_are_what_plain_reading_says(place):
    day, where = WAYS[place]
    known = oracle("example")
    opened = min(row["opened_on"] for row in known.typed("programme_call"))
    rows = records(controls.by_year(asked(day, where)))
    listed = [row["financial_year"] for row in rows]
    assert listed == list(range(year_of(day), year_of(min(opened, day)) - 1, -1))
    for row in rows:
        assert (row["starts_on"], row["ends_on"]) == bounds(row["financial_year"])
        expected = plain_year(known, day, where, row["financial_year"])
        assert {name: row[name] for name in expected} == expected, (day, where, row["financial_year"])


def test_years_add_up_to_what_the_metrics_say_of_the_whole():
    for day, where in WAYS:
        question = asked(day, where)
        rows = records(controls.by_year(question))
        found = values(question, ("requests_submitted", "finalised", "controlled", "in_error", "checks_operational"))
        for metric, column in (
            ("requests_submitted", "requests"),
            ("finalised", "finalised_eur"),
            ("controlled", "controlled_eur"),
            ("in_error", "error_eur"),
            ("checks_operational", "checks_operational"),
        ):
            assert sum(row[column] for row in rows) == (found[metric].value or 0), (metric, day)


def test_the_day_s_own_year_comes_first_and_empty_years_are_left_out():
    found = controls.every_year(asked(date(2035, 1, 1), {}))
    assert [year.year for year in found] == [2035, 2025, 2024, 2023, 2022, 2021, 2020]
    assert next(iter(found)) == FinancialYear(2035, *bounds(2035))
    assert all([one.id for one in measured] == list(MEASURES) for measured in found.values())


def test_without_a_finalised_project_the_share_is_not_applicable_and_never_nought():
    day = date(2024, 12, 31)
    found = {
        year.year: dict(zip(MEASURES, measured, strict=True))
        for year, measured in controls.every_year(asked(day, {})).items()
    }
    for year in (2025, 2023, 2022, 2020):
        financial = found[year]["financial"]
        assert (financial.known, financial.applicable, financial.value) == (True, False, None)
    assert not found[2025]["financial"].more["accounts"]
    assert found[2023]["financial"].more["accounts"]
    assert found[2024]["financial"].value == 1.0
    assert found[2025]["error"].value is None
    assert found[2025]["verification"].value == 0.0


def test_a_project_finalised_in_a_year_is_known_with_its_accounts_only():
    before, after = date(2024, 12, 15), date(2024, 12, 16)
    shares = [
        next(
            one
            for one in controls.every_year(asked(day, {}))[FinancialYear(2024, *bounds(2024))]
            if one.id == "financial"
        ).value
        for day in (before, after)
    ]
    assert shares == [None, 1.0]


def test_nothing_is_measured_of_a_programme_without_controls():
    for day in (date(2019, 12, 31), date(2023, 6, 30), date(2035, 1, 1)):
        question = Asked(shipped("impact"), day)
        assert controls.recorded(shipped("impact")) == frozenset()
        for measured in controls.every_year(question).values():
            assert [(one.known, one.value) for one in measured] == [(False, None)] * 5
        assert all(one.value is None for one in values(question, ("operational_rate", "on_the_spot_rate")).values())
        assert controls.findings(question, "it").empty


def test_a_measure_of_nothing_is_no_share():
    assert Measure("desk", 2020, "count", 0, 0, {}).value is None
    assert Measure("desk", 2020, "count", None, 5, {}).value is None
    assert Measure("desk", 2020, "count", 0, 5, {}).value == 0.0


def test_no_more_of_a_project_is_controlled_than_it_has(example_folder):
    """The example's finalised projects were controlled in whole: here one in part, one more than once."""
    rows = {row["check_id"]: place for place, row in enumerate(example_folder.rows("on_the_spot_check"))}
    example_folder.edit("on_the_spot_check", rows["check_10"], {"controlled_eu_eur": "1000.00"})
    again = example_folder.rows("on_the_spot_check")[rows["check_24"]]
    example_folder.append("on_the_spot_check", again | {"check_id": "again", "financial_year": "2025"})
    known, day = Oracle(example_folder.path), date(2024, 12, 31)
    question = Asked(build.build(example_folder.path), day)
    whole, seen = plain_finalised(known, day, {}), plain_finalised_controlled(known, day, {})
    assert 0 < seen == whole - Decimal("7578.99")
    assert values(question, ("finalised_controlled",))["finalised_controlled"].value == seen
    for row in records(controls.by_year(question)):
        expected = plain_year(known, day, {}, row["financial_year"])
        assert {name: row[name] for name in expected} == expected


def test_checks_that_were_never_recorded_are_not_known_and_not_nought(example_folder):
    for table in ("on_the_spot_check", "finding"):
        example_folder.write(table, [], list(example_folder.rows(table)[0]))
    question = Asked(build.build(example_folder.path), date(2024, 12, 31))
    assert controls.recorded(question.snapshot) == {"desk_review", "verification"}
    found = values(question, ("operational_rate", "on_the_spot_rate", "projects_under_way"))
    assert [one.value for one in found.values()] == [None, None, 18]
    measured = controls.every_year(question)[FinancialYear(2024, *bounds(2024))]
    assert [one.known for one in measured] == [True, True, False, False, False]
    assert [one.value is None for one in measured] == [False, False, True, True, True]


# ---------------------------------------------------------------- findings and checks


def plain_finding(known, row, day):
    check = known.one("on_the_spot_check", "check_id", row["check_id"])
    review = known.one("desk_review", "review_id", row["review_id"])
    recovery = known.one("recovery", "recovery_id", row["recovery_id"]) if row["recovery_id"] else {}
    if recovery and recovery["known_from"] > day:
        recovery = {}
    back = recovery.get("received_on")
    back = back if back and back <= day else None
    answered = row["reaction_on"] if row["reaction_on"] and row["reaction_on"] <= day else None
    closed = row["closed_on"] if row["closed_on"] and row["closed_on"] <= day else None
    of_request = known.one("verification", "verification_id", row["verification_id"]) if row["verification_id"] else {}
    kind = check["kind"] if row["check_id"] else "verification" if row["verification_id"] else "desk"
    return {
        "project_id": row["project_id"],
        "found_on": row["found_on"],
        "severity": row["severity"],
        "irregularity": row["irregularity"] == "true",
        "control": kind,
        "sheet_period": known.one("sheet", "sheet_id", review["sheet_id"])["period_id"] if row["review_id"] else None,
        "request_id": of_request.get("request_id"),
        "reaction": row["reaction"] if answered else None,
        "reaction_on": answered,
        "days": (answered - row["found_on"]).days if answered else None,
        "cut_eur": Decimal(row["cut_eur"]) if row["cut_eur"] else None,
        "ordered_eur": Decimal(recovery["ordered_eur"]) if recovery else None,
        "received_on": back,
        "received_eur": Decimal(recovery["received_eur"]) if back else None,
        "closed_on": closed,
        "open": closed is None,
        "open_days": ((closed or day) - row["found_on"]).days,
        "error_eu_eur": Decimal(check["error_eu_eur"]) if row["check_id"] and check["error_eu_eur"] else None,
    }


@pytest.mark.parametrize("place", range(len(WAYS)))
def test_findings_are_as_they_stood_on_the_day(place):
    day, where = WAYS[place]
    known = oracle("example")
    found = {row["finding_id"]: row for row in records(controls.findings(asked(day, where), "it"))}
    expected = {row["finding_id"]: plain_finding(known, row, day) for row in plain_findings(known, day, where)}
    assert set(found) == set(expected)
    for id, row in expected.items():
        assert {name: found[id][name] for name in row} == row, (id, day)
    assert list(found) == sorted(found, key=lambda id: (found[id]["found_on"], id), reverse=True)
    open_now = values(asked(day, where), ("findings_open",))["findings_open"].value
    assert sum(row["open"] for row in found.values()) == (open_now or 0)


@pytest.mark.parametrize("place", range(0, len(WAYS), 3))
def test_irregularities_and_territories_are_counted_from_the_same_rows(place):
    day, where = WAYS[place]
    known = oracle("example")
    rows = [plain_finding(known, row, day) | {"check": row["check_id"]} for row in plain_findings(known, day, where)]
    found = controls.findings(asked(day, where), "en")
    wrong = [row for row in rows if row["irregularity"]]
    errors = {row["check"]: row["error_eu_eur"] for row in wrong if row["error_eu_eur"] is not None}
    assert controls.irregularities(found) == controls.Irregularities(
        len(wrong),
        sum(row["open"] for row in wrong),
        sum(errors.values()) if errors else None,
        sum(row["error_eu_eur"] is not None for row in wrong),
    )
    for line in records(controls.by_territory(found)):
        own = [row for row in rows if known.projects()[row["project_id"]]["territory"] == line["id"]]
        cuts = [row["cut_eur"] for row in own if row["cut_eur"] is not None]
        assert (line["value"], line["open"], line["serious"], line["irregularities"], line["cut_eur"]) == (
            len(own),
            sum(row["open"] for row in own),
            sum(row["severity"] == "serious" for row in own),
            sum(row["irregularity"] for row in own),
            sum(cuts) if cuts else None,
        )
    assert sum(controls.by_territory(found)["value"]) == len(rows)


def test_one_check_with_two_irregularities_is_one_error():
    day = date(2024, 12, 31)
    found = controls.findings(asked(day, {}), "it")
    wrong = found[[bool(told) for told in found["irregularity"]]].head(1)
    twice = controls.irregularities(type(found)(records(wrong) * 2, dtype=object))
    once = controls.irregularities(wrong)
    assert (twice.count, twice.error_eu_eur) == (2, once.error_eu_eur)


def test_findings_are_kept_by_what_is_chosen():
    found = controls.findings(asked(date(2024, 12, 31), {}), "it")
    every = records(found)
    for chosen in (
        {"severity": "serious"},
        {"status": "open"},
        {"status": "closed", "severity": "formal"},
        {"control": "desk"},
        {"project": "e1-T10", "status": "open"},
    ):
        wanted = [
            row
            for row in every
            if row["severity"] == chosen.get("severity", row["severity"])
            and row["control"] == chosen.get("control", row["control"])
            and row["project_id"] == chosen.get("project", row["project_id"])
            and row["open"] == {"open": True, "closed": False}.get(chosen.get("status"), row["open"])
        ]
        assert wanted
        assert records(controls.kept(found, **chosen)) == wanted
    assert records(controls.kept(found)) == every
    nothing = controls.findings(asked(date(2010, 1, 1), {}), "it")
    assert controls.kept(nothing, severity="minor").empty


def test_checks_of_a_year_are_those_done_by_the_day():
    known = oracle("example")
    for day, where in WAYS:
        for year in (2022, 2024):
            found = records(controls.checks(asked(day, where), "it", year))
            expected = [
                row["check_id"]
                for row in known.known("on_the_spot_check", day, "done_on")
                if int(row["financial_year"]) == year and known.inside(row["project_id"], where)
            ]
            assert sorted(row["check_id"] for row in found) == sorted(expected)


def test_lines_do_not_split_controls():
    question = Asked(shipped("example"), date(2024, 12, 31), (("action_line", ("01",)), ("territory", ("T10",))))
    assert controls.whole_projects(question) == asked(date(2024, 12, 31), {"territory": ("T10",)})
    assert values(question, ("operational_rate",))["operational_rate"].not_split == ("action_line",)


@pytest.mark.parametrize("programme", ["impact", "example"])
def test_statements_about_controls_are_those_known(programme):
    known = oracle(programme)
    for day in (date(2018, 6, 30), date(2019, 6, 30), date(2024, 12, 31)):
        found = records(controls.statements(Asked(shipped(programme), day), "en"))
        expected = [row["quote"] for row in known.known("statement", day) if row["subject"] == "control"]
        assert [row["quote"] for row in found] == expected
