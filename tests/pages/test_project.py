"""The page of one project: found by its codes, reached from everywhere, honest about what is not public."""

import re

import pytest

from impact_analytics.queries import project as queries
from impact_analytics.ui.spec import pages
from tests.pages.test_pages import opened, said

STOPS = {"payments", "sheets", "revisions"}  # stops further down, pages of their own


def page(**link):
    app = opened("project", lang="it", **link)
    assert not app.exception
    return app


def test_a_project_is_sought_by_territory_title_and_codes():
    options = page(programme="example").selectbox(key="project").options
    assert "Territorio 10 · Il quartiere impara · ESEMPIO-010 · ESEMPIO00000010" in options


def test_every_stop_of_the_way_down_has_its_link():
    html = said(page(programme="example", project="e1-T10", action_line="01"))
    trail = re.search(r'<nav class="trail".*?</nav>', html, re.DOTALL)
    assert trail
    assert re.findall(r">([^<]+)</a>", trail[0]) == ["Programma d'esempio".replace("'", "&#x27;"), "Azione 01"]
    for address in (
        r"/progress\?[^\"]*action_line=01",
        r"/payments\?[^\"]*request=e1-T10-r6",
        r"/deadlines\?[^\"]*project=e1-T10",
    ):
        assert re.search(f'href="{address}', html), address
    assert re.search(r'href="/sheets\?[^"]*project=e1-T10[^"]*period=2024-Q3|href="/sheets\?[^"]*period=2024-Q3', html)
    inside = {re.split(r"[?#]", address)[0].strip("/") for address in re.findall(r'href="(/[^"]*)"', html)}
    assert inside <= {"", *pages(), *STOPS}


def test_a_line_narrows_what_is_split_by_line_and_the_page_says_so():
    html = said(page(programme="example", project="e1-T10", action_line="01"))
    assert "non articolato per linea d&#x27;azione" in html
    assert "Il filtro sulla linea restringe" in html


def test_filters_that_leave_a_project_out_do_not_change_its_page():
    whole = said(page(programme="example", project="e1-T10"))
    narrowed = said(page(programme="example", project="e1-T10", territory="T02"))
    assert "fuori dai filtri scelti" in narrowed
    assert "fuori dai filtri scelti" not in whole
    figures = [re.findall(r'<div class="card-value">(.*?)</div>', html) for html in (whole, narrowed)]
    assert figures[0] == figures[1]


def test_a_project_that_is_not_known_yet():
    html = said(page(programme="example", project="e1-T10", as_of="2019-01-01"))
    assert "il progetto non è ancora noto" in html
    assert '<div class="card-value">' not in html


def test_what_is_not_public_is_one_sentence_and_what_is_stands_there():
    html = said(page(programme="impact", project="1_2018-ITH3"))
    assert re.search(r"Di questo progetto non è pubblico: [^<]*le domande di rimborso[^<]*i controlli", html)
    assert "2.426.000,00" in html
    assert "impact/funding.csv" in html
    assert "Quali controlli?" not in html


@pytest.mark.parametrize(
    ("slug", "link"),
    [
        ("projects", {}),
        ("territories", {"place": "T10"}),
        ("territories", {}),
        ("deadlines", {"territory": "T10"}),
        ("funding", {}),
        ("network", {"territory": "T10"}),
        ("changes", {"territory": "T10"}),
    ],
    ids=str,
)
def test_pages_that_name_a_project_lead_to_it(slug, link):
    html = said(opened(slug, lang="it", programme="example", **link))
    assert re.search(r'href="/project\?[^"]*project=e1-T10', html)


def test_every_kind_of_row_has_words():
    for lang in ("it", "en"):
        words = pages()["project"].words(lang)
        assert set(words["table"]) == set(queries.OWN)
        assert set(words["parts"]) == set(words["sheet"]) == {"terms", *words["none"]}
