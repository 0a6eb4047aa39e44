"""Ladders, days, ageing, uncovered advance and recoveries are what the raw rows say, counted slowly in plain Python."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from impact_analytics.build import build
from impact_analytics.queries import Asked, ids, payments, rows, value
from impact_analytics.queries.payments import CASH, EXPENDITURE, HANDS, SHARES
from tests.queries.asking import oracle
from tests.shipped import shipped

DRAWN = random.Random(8611)
DAYS = sorted(date(2019, 6, 1) + timedelta(days=DRAWN.randrange(2200)) for _ in range(30))
EXAMPLE = oracle("example")
PLACES = sorted({row["territory"] for row in EXAMPLE.typed("territory")})
AREAS = sorted({row["macro_area"] for row in EXAMPLE.typed("macro_area")})
NARROWED = [
    DRAWN.choice([{}, {"territory": (DRAWN.choice(PLACES),)}, {"macro_area": (DRAWN.choice(AREAS),)}]) for _ in DAYS
]
WAYS = [*((day, {}) for day in DAYS), *(pair for pair in zip(DAYS, NARROWED, strict=True) if pair[1])]
NONE = Decimal(0)

every_way = pytest.mark.parametrize(("day", "where"), WAYS, ids=str)


def asked(day, where=None, programme="example"):
    return Asked(shipped(programme), day, tuple(sorted((where or {}).items())))


def balances(asked):
    ledgers = payments.payments(asked, "en"), payments.recoveries(asked, "en"), payments.requests(asked, "en")
    return payments.balances(*ledgers)


# ---------------------------------------------------------------- in plain Python


def plain_requests(known, day, where):
    """Return the requests submitted by a day that a choice leaves in."""
    return [row for row in plain_known(known, day) if known.inside(row["project_id"], where)]


@cache
def plain_known(known, day):
    """Return the requests submitted by a day, what is not known by then taken out, with the days of each hand."""
    found = []
    for row in known.known("payment_request", day, "submitted_on"):
        decided = row["decided_on"] if row["decided_on"] and row["decided_on"] <= day else None
        verified = row["verified_on"] if row["verified_on"] and row["verified_on"] <= day else None
        steps = [one for one in known.typed("request_step") if one["request_id"] == row["request_id"]]
        steps = sorted((one for one in steps if one["on_date"] <= day), key=lambda one: int(one["position"]))
        hands = plain_hands(steps, decided or day)
        found.append(row | {"decided_on": decided, "verified_on": verified, "steps": steps, "hands": hands})
    return found


def plain_hands(steps, end):
    """Return the days in each hand, a day at a time: the hand of the last step on or before it."""
    found = dict.fromkeys(HANDS, 0)
    if steps:
        for ahead in range((end - steps[0]["on_date"]).days):
            now = steps[0]["on_date"] + timedelta(days=ahead)
            holder = [one["holder"] for one in steps if one["on_date"] <= now][-1]
            if holder in found:
                found[holder] += 1
    return found


def plain_since(steps):
    """Return since when the holder of the last step has had the request."""
    since = None
    for one in reversed(steps):
        if one["holder"] != steps[-1]["holder"]:
            break
        since = one["on_date"]
    return since


def plain_percentile(values, hundredths):
    """Return the least value that at least so many hundredths of the values do not exceed."""
    return next(
        one for one in sorted(values) if sum(other <= one for other in values) * 100 >= hundredths * len(values)
    )


def plain_cash(known, day, where):
    """Return payments and recoveries known by a day: rows, and what was received of each recovery by then."""
    paid = [row for row in known.known("payment", day) if known.inside(row["project_id"], where)]
    ordered = [row for row in known.known("recovery", day) if known.inside(row["project_id"], where)]
    received = {}
    for row in ordered:
        if row.get("received_on") and max(row["received_on"], row["known_from"]) <= day:
            received[row["recovery_id"]] = Decimal(row["received_eur"])
    return paid, ordered, received


def total(rows_, column):
    return sum((Decimal(row[column]) for row in rows_), NONE)


def plain_share(rows_, column):
    """Return the sum of a share, None where a row does not state it or there is none."""
    stated = [row.get(column) for row in rows_]
    return total(rows_, column) if stated and None not in stated else None


def plain_amounts(known, day, where):
    """Return the amounts of the rungs that requests and cash make, None where there is no row."""
    requests = plain_requests(known, day, where)
    decided = [row for row in requests if row["decided_on"]]
    verified = [row for row in requests if row["verified_on"]]
    mine = {row["request_id"] for row in requests}
    entries = [row for row in known.known("accounts_entry", day) if row["request_id"] in mine]
    paid, _, received = plain_cash(known, day, where)
    kinds = {kind: [row for row in paid if row["kind"] == kind] for kind in ("advance", "interim", "balance")}
    return {
        "declared": total(requests, "declared_eur") if requests else None,
        "verified": total(verified, "verified_eur") if verified else None,
        "eligible": total(decided, "eligible_eur") if decided else None,
        "in_accounts": total(entries, "eu_eur") if entries else None,
        "paid": total(paid, "amount_eur") if paid else None,
        **{f"paid_{kind}": total(of, "amount_eur") if of else None for kind, of in kinds.items()},
        "recovered": sum(received.values(), NONE) if received else None,
    }


def plain_balances(known, day, where):
    """Return paid, recovered and eligible of every project that was paid."""
    paid, ordered, received = plain_cash(known, day, where)
    found = defaultdict(lambda: [NONE, NONE, NONE])
    for row in paid:
        found[row["project_id"]][0] += Decimal(row["amount_eur"])
    for row in ordered:
        found[row["project_id"]][1] += received.get(row["recovery_id"], NONE)
    for row in plain_requests(known, day, where):
        if row["decided_on"]:
            found[row["project_id"]][2] += Decimal(row["eligible_eur"])
    return {project: amounts for project, amounts in found.items() if amounts[0]}


# ---------------------------------------------------------------- the ladders


@every_way
def test_rungs_are_the_sums_of_the_raw_rows(day, where):
    rungs = {rung.value.metric: rung.value.value for rung in payments.ladder(asked(day, where), (*EXPENDITURE, *CASH))}
    wanted = plain_amounts(EXAMPLE, day, where)
    assert {name: rungs[name] for name in wanted} == wanted
    balances = plain_balances(EXAMPLE, day, where).values()
    uncovered = sum((max(NONE, paid - back - eligible) for paid, back, eligible in balances), NONE)
    assert (rungs["uncovered_advance"] or NONE) == uncovered
    active = EXAMPLE.active(day, where)
    funded = [EXAMPLE.stated(project, day) for project in active if EXAMPLE.stated(project, day) is not None]
    assert (rungs["funding_in_force"] or NONE) == sum(funded, NONE)
    chosen = EXAMPLE.chosen(day, where)
    for name, column in (("incurred", "incurred_eur"), ("commitments", "committed_eur")):
        spent = sum((sum(EXAMPLE.spent(project, day, column).values(), NONE) for project in chosen), NONE)
        assert (rungs[name] or NONE) == spent
    assert payments.funding_known(asked(day, where)) == (len(funded), len(active))


@every_way
def test_shares_are_stated_by_every_row_or_not_known(day, where):
    found = {rung.value.metric: dict(rung.shares) for rung in payments.ladder(asked(day, where), (*EXPENDITURE, *CASH))}
    funding = [row for project in EXAMPLE.active(day, where) for row in EXAMPLE.in_force("funding", project, day)]
    decided = [row for row in plain_requests(EXAMPLE, day, where) if row["decided_on"]]
    paid, _, _ = plain_cash(EXAMPLE, day, where)
    assert found["funding_in_force"] == {share: plain_share(funding, share) for share in SHARES}
    assert found["eligible"] == {share: plain_share(decided, f"eligible_{share}") for share in SHARES}
    for name in ("paid", "paid_advance", "paid_interim", "paid_balance"):
        of = [row for row in paid if name in ("paid", f"paid_{row['kind']}")]
        assert found[name] == {share: plain_share(of, share) for share in ("eu_eur", "state_eur")}
    for name in ("commitments", "incurred", "declared", "verified", "recovered", "uncovered_advance"):
        assert set(found[name].values()) == {None}


def test_shares_are_not_known_where_one_row_does_not_state_them():
    published = asked(date(2023, 6, 30), programme="impact")
    found = {rung.value.metric: rung for rung in payments.ladder(published, (*EXPENDITURE, *CASH))}
    assert found["funding_in_force"].value.value > 0
    assert set(found["funding_in_force"].shares.values()) == {None}
    assert set(found["paid_advance"].shares.values()) == {None}


def test_a_line_narrows_only_what_is_split_by_it():
    found = payments.ladder(asked(DAYS[-1], {"action_line": ("01",)}), (*EXPENDITURE, *CASH))
    split = {rung.value.metric for rung in found if not rung.value.not_split}
    assert split == {"commitments", "incurred"}
    spent = sum((EXAMPLE.spent(id, DAYS[-1]).get("01", NONE) for id in EXAMPLE.chosen(DAYS[-1], {})), NONE)
    assert [rung.value.value for rung in found if rung.value.metric == "incurred"] == [spent]


# ---------------------------------------------------------------- advance not covered


@every_way
def test_uncovered_advance_stands_by_project_and_adds_up_to_the_metric(day, where):
    found = balances(asked(day, where))
    plain = plain_balances(EXAMPLE, day, where)
    shown = {
        row["project_id"]: [row[name] or NONE for name in ("paid_eur", "recovered_eur", "eligible_eur")]
        for row in found
    }
    assert shown == plain
    for row in found:
        paid, back, eligible = plain[row["project_id"]]
        assert row["uncovered_eur"] == max(NONE, paid - back - eligible)
        requests = [one for one in plain_requests(EXAMPLE, day, where) if one["project_id"] == row["project_id"]]
        assert (row["requests"], row["open"]) == (len(requests), sum(not one["decided_on"] for one in requests))
    amounts = [row["uncovered_eur"] for row in found]
    assert amounts == sorted(amounts, reverse=True)
    assert sum(amounts, NONE) == (value(asked(day, where), "uncovered_advance").value or NONE)


def test_projects_do_not_offset_each_other():
    spare = [row for row in balances(asked(date(2024, 12, 31))) if not row["uncovered_eur"]]
    assert any(row["eligible_eur"] > row["paid_eur"] for row in spare)
    found = {rung.value.metric: rung.value.value for rung in payments.ladder(asked(date(2024, 12, 31)), CASH)}
    assert found["uncovered_advance"] > max(NONE, found["paid"] - found["recovered"] - found["eligible"])


# ---------------------------------------------------------------- days and whose turn


@every_way
def test_requests_are_the_raw_rows_as_known_by_the_day(day, where):
    found = {row["request_id"]: row for row in payments.requests(asked(day, where), "it")}
    plain = plain_requests(EXAMPLE, day, where)
    assert set(found) == {row["request_id"] for row in plain}
    for raw in plain:
        row = found[raw["request_id"]]
        assert {hand: row[f"{hand}_days"] for hand in HANDS} == raw["hands"]
        assert row["total_days"] == ((raw["decided_on"] or day) - raw["submitted_on"]).days
        assert row["open"] == (raw["decided_on"] is None)
        last = raw["steps"][-1]
        assert (row["step"], row["holder"], row["since_on"]) == (
            last["step"],
            last["holder"],
            plain_since(raw["steps"]),
        )
        assert row["hand_days"] == (day - row["since_on"]).days
        for name, on in (("verified_eur", "verified_on"), ("eligible_eur", "decided_on")):
            assert row[name] == (Decimal(raw[name]) if raw[on] else None)
        cut = Decimal(raw["declared_eur"]) - Decimal(raw["eligible_eur"]) if raw["decided_on"] else None
        assert row["cut_eur"] == cut


@every_way
def test_percentiles_are_those_of_a_sorted_list(day, where):
    plain = plain_requests(EXAMPLE, day, where)
    wanted = {}
    for open_ in (True, False):
        hands = [row["hands"] for row in plain if (row["decided_on"] is None) == open_]
        spans = [(row["decided_on"] or day) - row["submitted_on"] for row in plain if (not row["decided_on"]) == open_]
        if hands:
            lists = {hand: [days[hand] for days in hands] for hand in HANDS}
            lists["net"] = [span.days - days["suspended"] for span, days in zip(spans, hands, strict=True)]
            for hand, values in lists.items():
                passed = sum(one > 0 for one in values)
                middle, most = (plain_percentile(values, part) for part in (50, 90))
                wanted[open_, hand] = len(values), passed, middle, most
    found = payments.waiting(payments.requests(asked(day, where), "en"))
    assert {(one.open, one.hand): (one.requests, one.passed, one.median, one.most) for one in found} == wanted


@pytest.mark.parametrize("count", range(1, 41))
def test_a_percentile_is_the_value_at_its_rank_as_the_engine_has_it(count):
    """0.9 of a count in binary may lie a hair beside the whole number that it is."""
    sql = "SELECT quantile_disc(x, 0.9) AS most, quantile_disc(x, 0.5) AS middle FROM unnest(range($count)) AS t (x)"
    found = rows(asked(DAYS[0]), sql, count=count).iloc[0]
    shuffled = DRAWN.sample(range(count), count)
    assert payments.ranked(shuffled, 90) == found["most"] == plain_percentile(shuffled, 90)
    assert payments.ranked(shuffled, 50) == found["middle"] == plain_percentile(shuffled, 50)


@every_way
def test_open_requests_by_age_and_the_worst_ten(day, where):
    still = [row for row in plain_requests(EXAMPLE, day, where) if row["decided_on"] is None]
    ages = {row["request_id"]: (day - row["submitted_on"]).days for row in still}
    classes = [(0, 30), (31, 60), (61, 90), (91, 10**6)]
    wanted = []
    for first, last in classes:
        of = [row for row in still if first <= ages[row["request_id"]] <= last]
        suspended = sum(row["steps"][-1]["holder"] == "suspended" for row in of)
        wanted.append((len(of), total(of, "declared_eur"), suspended))
    found = payments.ageing(payments.requests(asked(day, where), "en"), (30, 60, 90))
    assert [(row["requests"], row["declared_eur"], row["suspended"]) for row in found] == wanted
    worst = payments.worst(payments.requests(asked(day, where), "en"))
    assert [row["total_days"] for row in worst] == sorted(ages.values(), reverse=True)[:10]
    assert all(ages[row["request_id"]] == row["total_days"] for row in worst)
    assert (value(asked(day, where), "requests_open").value or 0) == len(still)
    assert (value(asked(day, where), "oldest_request").value or 0) == max(ages.values(), default=0)


@every_way
def test_requests_beyond_the_threshold_are_counted_without_suspensions(day, where):
    wanted = {}
    for row in plain_requests(EXAMPLE, day, where):
        net = ((row["decided_on"] or day) - row["submitted_on"]).days - row["hands"]["suspended"]
        over, count = wanted.get(row["decided_on"] is None, (0, 0))
        wanted[row["decided_on"] is None] = over + (net > 60), count + 1
    assert payments.over_threshold(payments.requests(asked(day, where), "en"), 60) == wanted


@pytest.mark.parametrize(
    ("thresholds", "bounds"),
    [({}, (30, 60, 90)), ({"request_days": 60}, (30, 60, 90)), ({"request_days": 45}, (22, 45, 67)),
     ({"request_days": 1}, (30, 60, 90)), ({"request_days": 2}, (1, 2, 3))],
)  # fmt: skip
def test_classes_of_age_follow_the_programme_s_threshold(thresholds, bounds):
    assert payments.bounds(SimpleNamespace(thresholds=thresholds)) == bounds


# ---------------------------------------------------------------- recoveries and payments


@pytest.mark.parametrize("programme", ["example", "impact"])
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_recoveries_are_the_raw_rows_as_known_by_the_day(day, programme):
    known = oracle(programme)
    _, ordered, received = plain_cash(known, day, {})
    found = {row["recovery_id"]: row for row in payments.recoveries(asked(day, programme=programme), "it")}
    assert set(found) == {row["recovery_id"] for row in ordered}
    for raw in ordered:
        row, back = found[raw["recovery_id"]], received.get(raw["recovery_id"])
        left = Decimal(raw["ordered_eur"]) - (back or NONE)
        until = day if left > 0 else raw["received_on"]
        assert (row["received_eur"], row["open_eur"]) == (back, left)
        assert row["days"] == (until - raw["ordered_on"]).days
    due = value(asked(day, programme=programme), "recovery_open").value
    assert (due or NONE) == sum((row["open_eur"] for row in found.values()), NONE)


@every_way
def test_payments_are_the_raw_rows_newest_first(day, where):
    found = payments.payments(asked(day, where), "en")
    paid, _, _ = plain_cash(EXAMPLE, day, where)
    assert {row["payment_id"]: row["amount_eur"] for row in found} == {
        row["payment_id"]: Decimal(row["amount_eur"]) for row in paid
    }
    known = [row["known_from"] for row in found]
    assert known == sorted(known, reverse=True)


def test_a_published_payment_names_its_source_and_no_day_that_is_not_published():
    row = payments.payments(asked(date(2023, 6, 30), programme="impact"), "it")[0]
    assert row["paid_on"] is None
    assert row["url"].startswith("https://")
    assert not payments.requested(shipped("impact"))
    assert payments.requests(asked(date(2023, 6, 30), programme="impact"), "it") == []


# ---------------------------------------------------------------- one request


@pytest.mark.parametrize("request_id", DRAWN.sample(ids(shipped("example"), "request"), 8))
def test_one_request_has_its_rows_and_their_places_in_the_files(request_id):
    day = random.Random(request_id).choice(DAYS[12:])
    found = {row["table_name"]: row for row in payments.evidence(asked(day), request_id)}
    checks = {row["verification_id"] for row in EXAMPLE.typed("verification") if row["request_id"] == request_id}
    on = {"payment_request": "submitted_on", "request_step": "on_date", "verification": "verified_on"}
    on |= {"finding": "found_on", "payment": "known_from", "accounts_entry": "known_from"}
    for table, column in on.items():
        lines = [
            str(line)
            for line, row in enumerate(EXAMPLE.typed(table), 2)
            if row[column] <= day
            and (row.get("request_id") == request_id or (table == "finding" and row["verification_id"] in checks))
        ]
        assert found.get(table, {"lines": ""})["lines"] == ", ".join(lines)
        if lines:
            assert Path(found[table]["file"]).name == f"{table}.csv"


@pytest.mark.parametrize("day", DAYS[10::3], ids=str)
def test_what_a_request_has_later_is_not_known_yet(day):
    for raw in plain_requests(EXAMPLE, day, {}):
        id = raw["request_id"]
        steps = payments.steps(asked(day), id)
        assert [row["on_date"] for row in steps] == [one["on_date"] for one in raw["steps"]]
        ends = [*(one["on_date"] for one in raw["steps"][1:]), day]
        spent = [
            None if one["holder"] == "nobody" else (end - one["on_date"]).days
            for one, end in zip(raw["steps"], ends, strict=True)
        ]
        assert [row["days"] for row in steps] == spent
        entries = [row for row in EXAMPLE.known("accounts_entry", day) if row["request_id"] == id]
        assert sum((row["eu_eur"] for row in payments.in_accounts(asked(day), id)), NONE) == total(entries, "eu_eur")
        for row in payments.findings(asked(day), id):
            assert row["found_on"] <= day
            assert all(row[name] is None or row[name] <= day for name in ("reaction_on", "closed_on"))


def test_a_request_is_found_whatever_the_selection_and_not_before_its_day():
    elsewhere = {"territory": (PLACES[-1],)}
    found = payments.one(asked(date(2024, 12, 31), elsewhere), "e1-T01-r1", "it")
    assert found["territory"] not in elsewhere["territory"]
    assert payments.one(asked(date(2021, 11, 23)), "e1-T01-r1", "it") == {}
    assert payments.one(asked(date(2021, 11, 24)), "e1-T01-r1", "it")["open"]
    assert payments.project_of(shipped("example"), "e1-T01-r1") == "e1-T01"
    assert payments.project_of(shipped("example"), "no_such") == ""


# ---------------------------------------------------------------- gaps that the shipped programmes do not have


def test_a_share_that_one_row_leaves_blank_is_not_known(small_folder, cache):
    rows_ = small_folder.rows("payment_request")
    small_folder.edit("payment_request", 0, {"eligible_state_eur": ""})
    small_folder.edit("payment", 0, {"eu_eur": ""})
    whole = Asked(build(small_folder.path), date(2024, 12, 31))
    found = {rung.value.metric: rung.shares for rung in payments.ladder(whole, CASH)}
    known = sum((Decimal(row["eligible_eu_eur"]) for row in rows_ if row["decided_on"]), NONE)
    assert found["eligible"]["eu_eur"] == known
    assert found["eligible"]["state_eur"] is None
    assert found["paid"]["eu_eur"] is found["paid_advance"]["eu_eur"] is None
    assert found["paid_interim"]["eu_eur"] is not None


def test_a_request_without_steps_is_listed_and_nobody_is_said_to_have_it(small_folder, cache):
    row = next(row for row in small_folder.rows("payment_request") if not row["decided_on"])
    steps = [one for one in small_folder.rows("request_step") if one["request_id"] != row["request_id"]]
    small_folder.write("request_step", steps)
    whole = Asked(build(small_folder.path), date(2024, 12, 31))
    found, submitted = payments.one(whole, row["request_id"], "en"), payments.requests(whole, "en")
    assert (found["open"], found["holder"], found["authority_days"]) == (True, None, None)
    assert found["total_days"] == (date(2024, 12, 31) - date.fromisoformat(row["submitted_on"])).days
    assert [one["request_id"] for one in payments.worst(submitted)] == [row["request_id"]]
    assert sum(one["requests"] for one in payments.ageing(submitted, (30, 60, 90))) == 1
    assert not [one for one in payments.waiting(submitted) if one.open]
    assert [value(whole, name).value for name in ("requests_open", "requests_authority")] == [1, 0]
    assert value(whole, "oldest_request").value == found["total_days"]
