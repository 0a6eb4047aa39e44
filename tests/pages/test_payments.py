"""What the page of requests and payments does beyond what every page does."""

import csv
import io
import re
from decimal import Decimal

import pytest
from streamlit.testing.v1 import app_test

from impact_analytics.queries import Asked, payments
from impact_analytics.ui.markup import escape
from impact_analytics.ui.spec import pages
from tests.pages.test_pages import opened, said
from tests.queries.test_payments import balances
from tests.shipped import shipped
from tests.shown import Kept, key_of

WORDS = pages()["payments"].words("en")


@pytest.fixture(scope="module")
def desk():
    return opened("payments", lang="en", programme="example")


def shown(programme="example"):
    return Asked(shipped(programme), shipped(programme).programme.default_as_of)


def test_the_first_cards_name_the_oldest_request_and_the_largest_uncovered_advance(desk):
    first = "".join(element.proto.body for element in desk.get("html") if 'class="cards"' in element.proto.body)
    oldest = payments.worst(payments.requests(shown(), "en"))[0]
    largest = balances(shown())[0]
    assert WORDS["request_said"].format(place=oldest["label"], number=oldest["number"]) in first
    assert f"request={oldest['request_id']}" in first
    assert shown().snapshot.programme.role(oldest["holder"], "en") in first
    assert f"{largest['label']}, €{largest['uncovered_eur']:,}" in first
    assert {f'id="{anchor}"' in said(desk) for anchor in re.findall(r'href="#(\w+)"', first)} == {True}


def test_every_rung_stands_to_the_cent_with_its_shares(desk):
    for name in (payments.EXPENDITURE, payments.CASH):
        for rung in payments.ladder(shown(), name):
            assert f'<td class="right">€{rung.value.value:,}</td>' in said(desk)
            known = [f"€{amount:,}" for amount in rung.shares.values() if amount is not None]
            assert all(amount in said(desk) for amount in known)


def test_rows_lead_to_their_request_and_project(desk):
    for row in payments.worst(payments.requests(shown(), "en")):
        assert f"request={row['request_id']}" in said(desk)
        assert f"/project?programme=example&amp;project={row['project_id']}" in said(desk)


def test_the_threshold_stands_with_its_ground(desk):
    programme = shown().snapshot.programme
    assert escape(programme.grounds["request_days"]["en"]) in said(desk)
    over, count = payments.over_threshold(payments.requests(shown(), "en"), int(programme.thresholds["request_days"]))[
        True
    ]
    assert WORDS["beyond_open"].format(over=over, count=count) in said(desk)


def test_a_request_chosen_stands_in_place_of_the_list_and_in_the_link():
    app = opened("payments", lang="en", programme="example")
    app.selectbox(key="request").set_value("e1-T03-r1").run()
    assert not app.exception
    assert app.query_params["request"] in ("e1-T03-r1", ["e1-T03-r1"])
    told = said(app)
    assert WORDS["worst_title"] not in told
    for table in ("payment_request", "request_step", "verification", "accounts_entry"):
        assert f"example/{table}.csv" in told
    assert 'aria-current="page">Request no. 1<' in told
    assert 'href="#rows"' in told
    assert 'id="rows"' in told
    app.selectbox(key="request").set_value("").run()
    assert WORDS["worst_title"] in said(app)


def test_a_request_not_yet_submitted_is_said_so():
    app = opened("payments", lang="en", programme="example", request="e1-T01-r5", as_of="2023-12-31")
    assert not app.exception
    assert WORDS["not_yet"].format(request="e1-T01-r5", day="31/12/2023") in said(app)
    assert WORDS["evidence_title"] not in said(app)


def test_a_request_that_does_not_exist_is_ignored_with_a_sentence():
    app = opened("payments", lang="en", programme="example", request="e9-X-r1")
    assert not app.exception
    assert "e9-X-r1" in said(app)
    assert WORDS["worst_title"] in said(app)


def test_a_line_is_said_to_narrow_nothing_but_what_is_split_by_it():
    app = opened("payments", lang="en", programme="example", action_line="01")
    assert escape(WORDS["not_by_line"]) in said(app)
    assert said(app).count("not split by") >= len(payments.EXPENDITURE) + len(payments.CASH) - 2


def test_what_is_published_stands_with_its_source_and_the_rest_is_not_known():
    app = opened("payments", lang="en", programme="impact")
    told = said(app)
    assert WORDS["no_requests"] in told
    assert "programme=example" in told
    for row in payments.payments(shown("impact"), "en"):
        assert f"€{row['amount_eur']:,}" in told
        assert escape(row["url"]) in told
        assert escape(row["note"]) in told
    for row in payments.recoveries(shown("impact"), "en"):
        assert escape(row["reason"]) in told
        assert row["open_eur"] == Decimal(row["ordered_eur"])
    assert not app.get("plotly_chart")


def test_files_hold_every_request_of_the_selection(monkeypatch):
    monkeypatch.setattr(app_test, "MediaFileManager", Kept)
    app = opened("payments", lang="en", programme="example", territory="T01")
    button = next(one.proto for one in app.get("download_button") if key_of(one.proto.id) == "requests_csv")
    address = Kept.newest.execute_deferred(button.deferred_file_id)
    content = Kept.newest.read_file(address.rpartition("/")[2]).content.decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(content)))
    asked = Asked(shown().snapshot, shown().as_of, (("territory", ("T01",)),))
    wanted = payments.requests(asked, "en")
    assert [row[WORDS["col_id"]] for row in found] == [row["request_id"] for row in wanted]
    for hand in payments.HANDS:
        assert [row[WORDS[f"col_{hand}_days"]] for row in found] == [str(row[f"{hand}_days"]) for row in wanted]
    said_so = [WORDS["request_said"].format(place=row["label"], number=row["number"]) for row in wanted]
    assert app.selectbox(key="request").options[1:] == said_so


def test_what_a_line_does_not_narrow_does_not_name_it():
    app = opened("payments", lang="en", programme="example", action_line="01", territory="T15")
    told = said(app)
    line = app.session_state.action_line[0]
    assert told.count(f"Action {line} ·") == 2  # the two ladders
    largest = balances(Asked(shown().snapshot, shown().as_of, (("territory", ("T15",)),)))[0]
    assert f"€{largest['uncovered_eur']:,} in all" in told or f"€{largest['uncovered_eur']:,}." in told
    assert '<div class="card-value"><a' not in told
