"""The page of what needs action, and what the overview shows of it: choices, order, cut, links, and what it sends."""

import re
from datetime import date

import pytest

from impact_analytics.queries import Asked
from impact_analytics.queries.matters import matters
from impact_analytics.queries.pending import oldest_request
from impact_analytics.ui.markup import escape
from tests.pages.test_pages import opened, said
from tests.shipped import shipped

SLUG = "pending"
DAY = date(2024, 12, 31)
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)


def lines(app):
    """Return the lines of the list as they stand on the page."""
    (table,) = [part for part in said(app).split("<table") if 'class="figures pending"' in part]
    return ROW.findall(table.partition("<tbody>")[2])


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_line_stands_in_order_until_the_list_is_cut(lang):
    found = matters(Asked(shipped("example"), DAY), lang).lines
    app = opened(SLUG, lang=lang, programme="example")
    shown = lines(app)
    assert len(shown) == 40 < len(found)
    for row, line in zip(shown, found, strict=False):
        assert escape(line.fact[1:]) in row
        assert all(escape(part) in row for part in (line.who, line.days, line.eur, line.turn, line.step))
    assert str(len(found)) in said(app)
    assert len(said(app).encode()) < 60_000


def test_a_subject_and_a_turn_narrow_the_list_and_stand_in_the_link():
    app = opened(SLUG, lang="en", programme="example", topic="sheets")
    found = matters(Asked(shipped("example"), DAY), "en", "sheets").lines
    assert len(lines(app)) == min(40, len(found))
    app.selectbox(key="turn").set_value("authority").run()
    assert not app.exception
    assert app.query_params["turn"] == "authority"
    assert len(lines(app)) == len([line for line in found if line.item.turn == "authority"])
    app.selectbox(key="turn").set_value("auditor").run()
    assert "Nothing needs action with these filters" in said(app)
    assert not app.get("download_button")


def test_a_line_leads_to_the_view_that_shows_it():
    shown = said(opened(SLUG, lang="en", programme="example"))
    for line in matters(Asked(shipped("example"), DAY), "en").lines[:40]:
        slug, choices = line.view
        pairs = "&amp;".join(f"{name}={value}" for name, value in choices.items())
        assert re.search(rf'href="/{slug}\?[^"]*{pairs}[^"]*"', shown), line.text


def test_terms_of_law_stay_with_any_filter_and_lines_of_action_have_no_effect():
    app = opened(SLUG, lang="en", programme="example", territory=["T15"], action_line=["01"])
    found = matters(Asked(shipped("example"), DAY, (("territory", ("T15",)),)), "en").lines
    assert len(lines(app)) == len(found)
    assert "Terms of law hold for the whole programme" in said(app)
    assert "the filter on lines has no effect here" in said(app)


def test_where_nothing_is_monitored_it_says_what_is_not_known_and_what_is_still_open():
    shown = said(opened(SLUG, lang="it"))
    assert "non è noto" in shown
    assert "programme=example" in shown
    assert "Che cosa non è noto" in shown
    assert "376.600,00" in shown
    assert "incasso non noto" in shown
    assert " tra " not in re.sub(r"<[^>]+>", " ", "".join(lines(opened(SLUG, lang="it"))))


def test_the_overview_names_the_oldest_request_and_the_largest_advance():
    shown = said(opened("overview", lang="en", programme="example"))
    found = matters(Asked(shipped("example"), DAY), "en")
    oldest = oldest_request([line.item for line in found.lines])
    assert f"the oldest: no. {oldest.number}, Territory {oldest.territory[1:]}" in shown
    assert f"request={oldest.reference}" in shown
    assert re.search(r"of which not covered .*; the largest: Territory \d\d, €[\d,.]+", shown)
    assert f"All that needs action ({len(found.lines)})" in shown
    assert 'href="/changes?' in shown


def test_a_card_that_cannot_be_narrowed_has_no_link_below_it():
    shown = said(opened("overview", lang="en", programme="example", action_line=["01"]))
    assert "not split by" in shown
    assert not re.search(r'class="card-note"><a[^>]*>not split', shown)


def test_the_published_overview_counts_the_bodies_planned_by_network():
    shown = said(opened("overview", lang="en"))
    assert "Bodies planned in the proposals" in shown
    (note,) = re.findall(r'class="card-note">([^<]*Schools[^<]*)<', shown, re.IGNORECASE)
    assert len(note.split(", ")) > 1
    assert "What is not known" in shown
    assert "What needs action</h2>" not in shown
