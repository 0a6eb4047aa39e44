"""The passport of a number: what it says, the rows it lists and hands out, and where it leads."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from streamlit.testing.v1 import app_test

from impact_analytics import build, verify
from impact_analytics.queries import Asked, behind, of_project, value
from impact_analytics.semantics import measures, metrics
from impact_analytics.settings import ROOT
from impact_analytics.store import pinned
from impact_analytics.ui import markup, page
from impact_analytics.ui.page import PASSPORT
from impact_analytics.ui.spec import pages
from tests.pages.test_pages import opened, said
from tests.pages.test_verify import question
from tests.shipped import shipped
from tests.shown import Kept

ESTIMATES = "fact_funding_estimate"  # of which the example has no row
SUMS = [
    measure.id
    for measure in measures(metrics())
    if measure.adds and measure.unit == "eur" and measure.source != ESTIMATES
]
WORDS = pages()[PASSPORT].words("it")


@pytest.mark.parametrize("metric", metrics())
def test_every_metric_has_its_passport(metric):
    app = opened(PASSPORT, lang="it", programme="example", metric=metric)
    assert not app.exception
    words = metrics()[metric].words("it")
    assert markup.escape(words["name"]) in said(app)
    assert markup.escape(words["definition"]) in said(app)
    assert "{" not in said(app).partition("</style>")[2]


def test_without_a_metric_all_of_them_are_offered():
    shown = said(opened(PASSPORT, lang="it", programme="example"))
    assert all(f"metric={metric}" in shown for metric in metrics())


def test_an_unknown_metric_is_told():
    shown = said(opened(PASSPORT, lang="it", programme="example", metric="nix"))
    assert "nix" in shown
    assert markup.escape(WORDS["all_title"]) in shown


def test_the_glossary_leads_to_it_and_its_old_links_too():
    metric = next(iter(metrics()))
    shown = said(opened("data", lang="it", programme="example", tab="glossary", metric=metric))
    assert shown.count(f"metric={metric}") == 2
    assert "nix" in said(opened("data", lang="it", tab="glossary", metric="nix"))


@pytest.mark.parametrize("metric", SUMS[::4])
def test_the_workbook_holds_every_row_and_adds_up(metric, monkeypatch):
    monkeypatch.setattr(app_test, "MediaFileManager", Kept)
    app = opened(PASSPORT, lang="it", programme="example", metric=metric)
    button = next(one for one in app.get("download_button") if one.proto.id.endswith("behind_xlsx"))
    address = Kept.newest.execute_deferred(button.proto.deferred_file_id)
    book = openpyxl.load_workbook(io.BytesIO(Kept.newest.read_file(address.rpartition("/")[2]).content))
    rows = [[cell.value for cell in row] for row in book[WORDS["sheet"]].iter_rows()]
    (head,) = [row for row in rows if WORDS["col_amount"] in row]
    place = head.index(WORDS["col_amount"])
    amounts = [Decimal(str(row[place])) for row in rows if isinstance(row[place], int | float)]
    snapshot = shipped("example")
    assert sum(amounts) == value(Asked(snapshot, snapshot.programme.default_as_of), metric).value


def test_the_rows_of_an_earlier_version_are_its_own(small_folder, cache, monkeypatch):
    monkeypatch.setenv("IMPACT_DATA", str(small_folder.path.parent))
    earlier = build.build(small_folder.path)
    assert verify.rows_behind(earlier, small_folder.path) is not behind.tables(earlier)
    small_folder.edit("payment", 0, {"note_it": "corretto"})
    later = build.build(small_folder.path)
    assert verify.rows_behind(pinned("example", earlier.id), small_folder.path) is behind.tables(earlier)
    app = opened(PASSPORT, lang="it", programme="example", metric="paid", snapshot=earlier.id)
    assert markup.escape(WORDS["rows_own"]) in said(app)
    assert "payment.csv" in said(app)
    app = opened(PASSPORT, lang="it", programme="example", metric="paid", snapshot=later.id)
    assert markup.escape(WORDS["rows_note"]) in said(app)


def test_a_passport_keeps_the_question():
    """Project, day, filters and acts left out stay as they are in the figure that leads there."""
    snapshot = shipped("example")
    day = snapshot.programme.default_as_of.replace(year=2022)
    act = next(row["act_id"] for row in behind.tables(snapshot).rows("deadline") if row["act_id"])
    asked = replace(Asked(snapshot, day, (("territory", ("T02",)),)), without=(act,))
    found = value(of_project(asked, "e1-T02"), "moved_months")
    view, _, _ = question("example", f"/{PASSPORT}?programme=example&metric=paid")
    link = page.passport(view, found.metric, found.asked)
    assert question("example", link)[1:] == (found.asked, "moved_months")


def test_a_figure_split_otherwise_has_none():
    snapshot = shipped("example")
    asked = Asked(snapshot, snapshot.programme.default_as_of, (("kind", ("school",)),))
    view, _, _ = question("example", f"/{PASSPORT}?programme=example&metric=paid")
    assert page.passport(view, "bodies_named", asked) == ""


def test_the_sign_of_a_card_is_named_for_who_cannot_see_it():
    card = markup.Card("Erogato <b>", "1", passport="/passport?metric=paid&as_of=2022-01-01", passport_word="Scheda")
    drawn = markup.cards([card])
    assert 'aria-label="Scheda: Erogato &lt;b&gt;"' in drawn
    assert 'href="/passport?metric=paid&amp;as_of=2022-01-01"' in drawn
    assert "passport" not in markup.cards([page.bare(card)])
    assert (ROOT / "impact_analytics" / "ui" / "static" / "app.css").read_text(encoding="utf-8").count("a.passport")
