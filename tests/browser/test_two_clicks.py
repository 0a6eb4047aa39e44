"""Four answers that a first-time reader finds from the overview in at most two clicks, with nothing but visible words.

What has to be seen is worked out here from the raw rows. Each answer is walked in two ways: through the list of what
needs action, and through the card of the overview that speaks of it.
"""

import csv
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from impact_analytics.settings import ROOT

pytestmark = pytest.mark.browser
FOLDER = ROOT / "data" / "example"
DAY = "2024-12-31"
MOST = 2
WORDS = {
    "it": {
        "all": "Tutte le pendenze",
        "requests": "Domande di rimborso aperte",
        "sheets": "Schede di monitoraggio",
        "advances": "Anticipi non coperti",
        "oldest": "la più vecchia",
        "missing": "non pervenut",
        "largest": "il maggiore",
        "time": "Tempo",
        "sheets_card": "Schede arrivate",
    },
    "en": {
        "all": "All that needs action",
        "requests": "Payment requests open",
        "sheets": "Monitoring sheets",
        "advances": "Uncovered advances",
        "oldest": "the oldest",
        "missing": "missing",
        "largest": "the largest",
        "time": "Time",
        "sheets_card": "Sheets in",
    },
}


def rows(table):
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def known(row, column):
    return bool(row[column]) and row[column] <= DAY


TERRITORIES = {row["project_id"]: row["territory"] for row in rows("project")}
TITLES = {row["project_id"]: row["title"] for row in rows("project")}
NAMES = {row["territory"]: {"it": row["name_it"], "en": row["name_en"]} for row in rows("territory")}


def place(project, lang):
    return NAMES[TERRITORIES[project]][lang]


def money(amount, lang):
    said = f"{amount:,.2f}"
    return said if lang == "en" else said.translate(str.maketrans(",.", ".,"))


def oldest_request():
    waiting = [row for row in rows("payment_request") if known(row, "submitted_on") and not known(row, "decided_on")]
    return min(waiting, key=lambda row: row["submitted_on"])


def missing_sheets():
    """Return the projects with a sheet that is due and not in, with the periods."""
    arrived = {(row["project_id"], row["period_id"]) for row in rows("sheet") if known(row, "received_on")}
    found = defaultdict(list)
    for project in rows("project"):
        for period in rows("reporting_period"):
            expected = (
                (project["started_on"] or project["known_from"]) <= period["ends_on"]
                and (not project["ended_on"] or period["starts_on"] <= project["ended_on"])
                and (not project["withdrawn_on"] or period["ends_on"] <= project["withdrawn_on"])
            )
            if expected and period["due_on"] <= DAY and (project["project_id"], period["period_id"]) not in arrived:
                found[project["project_id"]].append(period["period_id"])
    return found


def largest_advance():
    balance = defaultdict(Decimal)
    for row in rows("payment"):
        balance[row["project_id"]] += Decimal(row["amount_eur"]) if known(row, "known_from") else 0
    for row in rows("recovery"):
        balance[row["project_id"]] -= Decimal(row["received_eur"]) if known(row, "received_on") else 0
    for row in rows("payment_request"):
        balance[row["project_id"]] -= Decimal(row["eligible_eur"]) if known(row, "decided_on") else 0
    project = max(balance, key=balance.__getitem__)
    return project, balance[project]


def moved_terms():
    """Return the projects whose term in force was moved by an act of their own: project, term and the act."""
    acts = {row["act_id"]: row for row in rows("act")}
    gone = {row["project_id"] for row in rows("project") if known(row, "withdrawn_on")}
    found = []
    for project in TERRITORIES:
        if project in gone:
            continue
        told = [
            (row["known_from"] or row["decided_not_after"], bool(row["project_id"]), row["ends_on"], row["act_id"])
            for row in rows("deadline")
            if row["project_id"] in ("", project) and (row["known_from"] or row["decided_not_after"]) <= DAY
        ]
        _, own, term, act = max(told)
        if own and act and len({one[2] for one in told}) > 1:
            found.append((project, term, acts[act]))
    return found


class Reader:
    """Somebody who opens the overview and clicks on words, at most twice."""

    def __init__(self, visit, lang):
        self.window = visit(lang=lang)
        self.page = self.window.open("?programme=example")
        self.clicks = 0

    @property
    def main(self):
        return self.page.locator("[data-testid=stMain]")

    @property
    def sees(self):
        """Return the words in the main view, spaces made plain."""
        return re.sub(r"\s+", " ", self.main.inner_text())

    def click(self, link):
        self.clicks += 1
        assert self.clicks <= MOST
        before = self.page.url
        link.first.click(no_wait_after=True)
        self.page.wait_for_url(lambda url: url != before, timeout=60_000)
        self.window.settled()
        self.page.wait_for_timeout(500)
        assert not self.main.locator(".rejected").count(), self.main.locator(".rejected").all_inner_texts()

    def link(self, *words):
        """Return the link in the main view that says all of this."""
        found = self.main.locator("a")
        for word in words:
            found = found.filter(has_text=word)
        return found

    def card(self, label):
        """Return the figure of the card with this label, which is a link."""
        cards = self.main.locator(".card").filter(has=self.page.get_by_text(label, exact=True))
        return cards.locator(".card-value a")

    def line(self, *words):
        """Say whether one line of a table or list holds all of this."""
        lines = self.main.locator("tr, li").all_inner_texts()
        return any(all(word in re.sub(r"\s+", " ", line) for word in words) for line in lines)


@pytest.fixture(params=WORDS)
def reader(request, visit):
    return Reader(visit, request.param), request.param, WORDS[request.param]


def test_the_oldest_request_through_what_needs_action(reader):
    who, lang, words = reader
    request = oldest_request()
    who.click(who.link(words["all"]))
    who.click(who.link(words["requests"]))
    number = f"n. {request['number']}" if lang == "it" else f"no. {request['number']}"
    oldest = words["oldest"][1:]
    assert who.line(place(request["project_id"], lang), oldest, number, request["request_id"])
    assert money(Decimal(request["declared_eur"]), lang) in who.sees


def test_the_oldest_request_through_its_card(reader):
    who, lang, words = reader
    request = oldest_request()
    number = f"n. {request['number']}" if lang == "it" else f"no. {request['number']}"
    named = who.link(words["oldest"], number, place(request["project_id"], lang))
    assert named.count(), "the overview names it already"
    who.click(named)
    assert request["request_id"] in who.page.url
    assert place(request["project_id"], lang) in who.sees
    assert re.search(rf"\b{request['number']}\b", who.sees)
    assert money(Decimal(request["declared_eur"]), lang) in who.sees


def test_the_missing_sheets_through_what_needs_action(reader):
    who, lang, words = reader
    who.click(who.link(words["all"]))
    who.click(who.link(words["sheets"]))
    missing = missing_sheets()
    assert missing
    for project, periods in missing.items():
        year = max(periods)[:4]
        assert who.line(place(project, lang), words["missing"], year), project


def test_the_missing_sheets_through_their_card(reader):
    who, lang, words = reader
    who.click(who.card(words["sheets_card"]))
    assert words["missing"] in who.sees.lower()
    for project in missing_sheets():
        assert place(project, lang) in who.sees, project


def test_the_largest_uncovered_advance_through_what_needs_action(reader):
    who, lang, words = reader
    project, amount = largest_advance()
    who.click(who.link(words["all"]))
    who.click(who.link(words["advances"]))
    assert who.line(place(project, lang), money(amount, lang))


def test_the_largest_uncovered_advance_through_its_card(reader):
    who, lang, words = reader
    project, amount = largest_advance()
    named = who.link(words["largest"], place(project, lang))
    assert money(amount, lang) in named.first.inner_text()
    who.click(named)
    assert project in who.page.url
    assert place(project, lang) in who.sees or TITLES[project] in who.sees
    short = re.split(r"[.,]", money(amount, lang))[0]  # in full, or in thousands on a card
    assert re.search(rf"\b{short}[.,]\d", who.sees)


def test_the_act_that_moved_the_term_of_a_project(reader):
    who, lang, words = reader
    who.click(who.card(words["time"]))
    moved = moved_terms()
    assert moved
    seen = [
        project
        for project, term, act in moved
        if who.line(place(project, lang), act[f"short_{lang}"], f"{date.fromisoformat(term):%d/%m/%Y}")
    ]
    assert seen == [project for project, _, _ in moved]
