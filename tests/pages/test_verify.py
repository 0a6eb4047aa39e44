"""Every number on every card of every page is confirmed from the input files; no page and no metric is named here."""

import random
import re
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pytest

from impact_analytics import verify
from impact_analytics.filters import Filters, from_pairs
from impact_analytics.queries import asked, data, of_project, periods
from impact_analytics.semantics import metrics
from impact_analytics.settings import ROOT
from impact_analytics.store import database, pointer
from impact_analytics.theme import theme
from impact_analytics.ui import page, reader
from impact_analytics.ui.page import PASSPORT, TABLES, View
from impact_analytics.ui.spec import pages
from tests.pages.test_pages import opened, said
from tests.shipped import shipped

PROGRAMMES = ("impact", "example")
CARD = re.compile(
    r'<div class="card[ "].*?<div class="card-label">(?P<label>.*?)'
    r'(?:<a class="passport" href="(?P<link>[^"]+)"[^>]*></a>)?'
    r'</div><div class="card-value">(?P<value>.*?)</div>'
)
FOOT = re.compile(r'<div class="foot">.*?</div>')
ANCHOR = re.compile(r'href="([^"]+)"')
NO_NUMBER = "–"
CHARTS = ("plotly_chart", "deck_gl_json_chart")


@dataclass(frozen=True)
class Shown:
    """A card as a reader sees it: on which page, what it is called, what it says, where its passport is."""

    where: str
    label: str
    value: str
    link: str


def links(programme, spec):
    """Yield the ways to open a page: as it is, narrowed, long ago, and with one option of each of its own choices."""
    snapshot, drawing = shipped(programme), random.Random(f"{programme} {spec.slug}")
    days, known = periods(snapshot), {choice.id: choice.options for choice in reader.choices(snapshot, "it")}
    yield {}
    yield {"territory": drawing.choice(known["territory"]), "as_of": days[len(days) * 2 // 3].isoformat()}
    yield {"action_line": drawing.choice(known["action_line"])}
    for choice in reader.page_choices(spec, snapshot):
        if choice.options:
            yield {choice.id: drawing.choice(choice.options)}


@dataclass(frozen=True)
class Foot:
    """What stands below a chart or table as a reader sees it: on which page, what it says, where its links lead."""

    where: str
    said: str
    links: tuple[str, ...]

    @property
    def passports(self):
        """Return the ways to what a number rests on."""
        return [link for link in self.links if urlsplit(link).path == f"/{PASSPORT}"]

    @property
    def tables(self):
        """Return the tables whose rows it leads to."""
        asked = [dict(parse_qsl(urlsplit(link).query)) for link in self.links if urlsplit(link).path == f"/{TABLES}"]
        return [query["table"] for query in asked if "table" in query]


@cache
def seen(programme):
    """Return every card of every page, every foot, and how many charts were drawn above the feet of each page."""
    cards, feet, charts = [], [], {}
    for slug, spec in pages().items():
        for link in links(programme, spec):
            where = f"{programme} {slug} {link}"
            app = opened(slug, lang="it", programme=programme, **link)
            assert not app.exception, where
            html = said(app)
            cards += [card_of(where, found) for found in CARD.finditer(html)]
            feet += [foot_of(where, found) for found in FOOT.findall(html)]
            charts[where] = sum(len(app.get(kind)) for kind in CHARTS)
    return cards, feet, charts


def foot_of(where, found):
    return Foot(where, re.sub("<[^>]+>", "", found), tuple(unescape(address) for address in ANCHOR.findall(found)))


def card_of(where, found):
    value = unescape(re.sub("<[^>]+>", "", found["value"]))
    return Shown(where, unescape(found["label"]), value, unescape(found["link"] or ""))


def question(programme, link):
    """Return the question and metric that a passport's address asks."""
    snapshot, spec = shipped(programme), pages()[PASSPORT]
    known = reader.choices(snapshot, reader.language()) + reader.page_choices(spec, snapshot)
    filters, rejected = from_pairs(parse_qsl(urlsplit(link).query), known)
    assert not rejected, link
    put = asked(snapshot, filters.day("as_of", snapshot.programme.default_as_of), filters)
    project = filters.one("project")
    view = View(spec, snapshot, filters, known, "it", theme("light"))
    return view, of_project(put, project) if project else put, filters.one("metric")


@cache
def verdict(put, metric, folder):
    return verify.verify(put, metric, folder)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_card_of_every_page_is_confirmed(programme):
    cards, *_ = seen(programme)
    known = [card for card in cards if card.link]
    assert len(known) > 2 * len(pages())
    for card in known:
        view, put, metric = question(programme, card.link)
        found = verdict(put, metric, ROOT / "data" / programme)
        assert found.outcome in ("same", "not_split"), (card, found.outcome, found.shown.value, found.again.value)
        if found.outcome == "same":
            again = replace(found.shown, value=found.again.value, basis=found.again.basis)
            assert page.written_short(view, again)[0] == card.value, card


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_metric_that_a_chart_draws_is_confirmed(programme):
    _, feet, _ = seen(programme)
    drawn = {link: foot.where for foot in feet for link in foot.passports}
    assert drawn
    for link, where in drawn.items():
        _, put, metric = question(programme, link)
        assert verdict(put, metric, ROOT / "data" / programme).outcome in ("same", "not_split"), (where, link)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_chart_and_table_with_a_foot_leads_to_what_it_rests_on(programme):
    """To the passports of its metrics, or to the rows of tables that are there."""
    _, feet, charts = seen(programme)
    assert feet
    assert sum(charts.values())
    assert not [foot for foot in feet if not foot.passports and not foot.tables]
    held = set(data.tables(asked(shipped(programme), periods(shipped(programme))[-1], Filters()))["name"])
    assert {table for foot in feet for table in foot.tables} <= held
    below = Counter(foot.where for foot in feet)
    assert not {where: count for where, count in charts.items() if count > below[where]}


def test_every_card_with_a_number_leads_to_its_passport():
    """But for the number that a passport itself is about."""
    cards = [card for programme in PROGRAMMES for card in seen(programme)[0]]
    without = {(card.where, card.label) for card in cards if not card.link and card.value != NO_NUMBER}
    assert not {(where, label) for where, label in without if where.split()[1] != PASSPORT}


def test_a_tampered_database_makes_the_verdicts_false(tmp_path, monkeypatch):
    """Amounts are doubled; the pages show them, and the button of their passport says what the files say."""
    good = shipped(PROGRAMMES[0])
    found = {card.link for card in seen(PROGRAMMES[0])[0] if card.link and card.value != NO_NUMBER}
    monkeypatch.setenv("IMPACT_CACHE", str(tmp_path))
    pointer(good.programme_id).write_text(good.id, encoding="ascii")
    shutil.copyfile(good.path, database(good.programme_id, good.id))
    with duckdb.connect(str(database(good.programme_id, good.id))) as db:
        tables = db.execute("SELECT table_name FROM duckdb_columns() WHERE column_name = 'amount_eur'").fetchall()
        for (table,) in tables:
            if re.match("fact_(?!expenditure)", table):
                db.execute(f"UPDATE {table} SET amount_eur = 2 * amount_eur")
    drawn = random.Random(1).sample(sorted(found), 16)
    outcomes = {link: judged(link) for link in drawn}
    assert set(outcomes.values()) == {"status-on_track", "status-late"}
    for link, outcome in outcomes.items():
        shown = verdict(*question(PROGRAMMES[0], link)[1:], ROOT / "data" / PROGRAMMES[0]).shown
        doubled = metrics()[shown.metric].unit == "eur" and shown.value
        assert outcome == ("status-late" if doubled else "status-on_track"), link


def judged(link):
    """Press the button of a passport; return the mark of its verdict."""
    app = opened(PASSPORT, **grouped(link)).run()
    app.button(key="verify").click().run()
    assert not app.exception
    return re.search(r'<div class="verdict (status-\w+)"', said(app))[1]


def grouped(link):
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(link).query):
        found.setdefault(name, []).append(value)
    return found
