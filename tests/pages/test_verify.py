"""Every number on every card of every page is confirmed from the input files; no page and no metric is named here."""

import random
import re
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pytest

from impact_analytics import build, verify
from impact_analytics.filters import from_pairs
from impact_analytics.queries import asked, of_project, periods
from impact_analytics.settings import ROOT
from impact_analytics.store import release
from impact_analytics.theme import theme
from impact_analytics.ui import page, reader
from impact_analytics.ui.page import PASSPORT, View
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


@cache
def seen(programme):
    """Return every card of every page, and every passport that stands below a chart."""
    cards, feet = [], []
    for slug, spec in pages().items():
        for link in links(programme, spec):
            where = f"{programme} {slug} {link}"
            app = opened(slug, lang="it", programme=programme, **link)
            assert not app.exception, where
            html = said(app)
            cards += [card_of(where, found) for found in CARD.finditer(html)]
            feet += [
                Shown(where, "", "", unescape(address))
                for foot in FOOT.findall(html)
                for address in ANCHOR.findall(foot)
                if urlsplit(address).path == f"/{PASSPORT}"
            ]
    return cards, feet


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
    cards, _ = seen(programme)
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
    _, feet = seen(programme)
    assert feet
    for foot in {(foot.link): foot for foot in feet}.values():
        _, put, metric = question(programme, foot.link)
        assert verdict(put, metric, ROOT / "data" / programme).outcome in ("same", "not_split"), foot


@pytest.mark.xfail(reason="one bare card is left, on a page that others are changing", strict=True)
def test_every_card_with_a_number_leads_to_its_passport():
    without = {
        (card.where, card.label)
        for programme in PROGRAMMES
        for card in seen(programme)[0]
        if not card.link and card.value != NO_NUMBER
    }
    assert not without


def test_a_passport_shows_its_verdict_and_a_tampered_database_makes_it_false(tmp_path, monkeypatch):
    """One amount is changed by a cent; the page shows it, and its own button says that the files say otherwise."""
    monkeypatch.setenv("IMPACT_CACHE", str(tmp_path))
    snapshot = build.build(ROOT / "data" / PROGRAMMES[0])
    cards = {card.link: card for card in seen(PROGRAMMES[0])[0] if card.link}
    release(snapshot)
    with duckdb.connect(str(snapshot.path)) as db:
        for (table,) in db.execute(
            "SELECT table_name FROM duckdb_columns() WHERE column_name = 'amount_eur'"
        ).fetchall():
            if table.startswith("fact_") and table != "fact_expenditure":
                db.execute(f"UPDATE {table} SET amount_eur = amount_eur + 0.01")
    outcomes = {judged(link) for link in sorted(cards)[:40]}
    assert outcomes == {"status-on_track", "status-late"}


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
