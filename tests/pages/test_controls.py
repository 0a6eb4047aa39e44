"""The page of controls: what it says where there is nothing, and what it never says."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from impact_analytics.i18n import LANGUAGES, leaves
from impact_analytics.settings import PACKAGE
from impact_analytics.ui.spec import pages

# What would call a duty of the whole national programme met, or missed, from this call alone.
JUDGED = re.compile(
    r"\b(met|fulfilled|satisfied|compliant|passed|exceeded|rispettat|raggiunt|soddisfatt|superat|conform|adempi)\w*",
    re.IGNORECASE,
)
SPEC = pages()["controls"]


def opened(**link):
    app = AppTest.from_file(str(PACKAGE / "ui" / "frame.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(f"../../pages/{SPEC.script.name}")
    app.run()
    assert not app.exception
    return app


def said(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def measures(app):
    """Return the blocks of the five measures as text."""
    block = next(part for part in said(app).split("\n") if 'class="measures"' in part)
    return [re.sub(r"<[^>]+>", " ", part) for part in block.split("<section>")[1:]]


@pytest.mark.parametrize(("lang", "words"), [("it", "non applicabile"), ("en", "not applicable")])
def test_without_a_finalised_project_the_share_is_not_applicable(lang, words):
    for year in ("2020", "2022", "2023", "2025"):
        assert words in measures(opened(programme="example", lang=lang, year=year))[2]
    assert words not in measures(opened(programme="example", lang=lang, year="2024"))[2]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_duty_is_called_met(lang):
    for name, sentence in leaves(SPEC.words(lang)).items():
        for word in JUDGED.finditer(str(sentence)):
            assert name in ("measures_note", "selection_note", "measure.verification.more"), (name, word[0])
    for year in ("2021", "2022", "2024"):
        app = opened(programme="example", lang=lang, year=year)
        assert not any(mark in said(app) for mark in ("✓", "✔", "status-on_track", "status-late"))
        assert {"it": "20,0", "en": "20.0"}[lang] in measures(app)[3]


def test_the_year_of_the_day_stands_where_none_or_none_begun_is_chosen():
    for link in ({}, {"year": "2025"}, {"year": "2031"}, {"year": "abc"}):
        app = opened(programme="example", lang="en", **link)
        assert "Financial year 2025" in said(app), link
        assert app.selectbox(key="year").value == ""
    app = opened(programme="example", lang="en", year="2022")
    assert app.selectbox(key="year").value == "2022"
    app.selectbox(key="year").set_value("2021").run()
    assert "Financial year 2021" in said(app)


def test_findings_are_filtered_and_lead_to_what_was_controlled():
    app = opened(programme="example", lang="en", project="e1-T10", status="open")
    table = next(part for part in said(app).split("\n") if "no reaction known" in part)
    assert table.count("<tr>") == 2
    assert "request=e1-T10-r6" in table
    assert 'class="trail"' in said(app)
    app.selectbox(key="status").set_value("").run()
    assert "period=" in said(app)
    app.selectbox(key="severity").set_value("serious").run()
    assert said(app).count("serious · irregularity") == 1


def test_a_selection_says_how_it_is_added_where_there_is_none():
    assert "[selection]" in said(opened(programme="impact", lang="en"))
    example = said(opened(programme="example", lang="en", year="2023", check="financial"))
    assert "there is nothing to select" in example


def test_what_is_published_is_quoted_where_nothing_was_supplied():
    app = opened(programme="impact", lang="it")
    quoted = re.search(r'<blockquote class="quote"><span lang="it">«(.+?)»', said(app))
    assert quoted
    assert "desk" in quoted[1]
    assert all("non noto" in block for block in measures(app))
    assert not opened(programme="impact", lang="it", as_of="2018-06-30").exception


def test_lines_do_not_narrow_controls_and_the_page_says_so():
    narrowed = opened(programme="example", lang="en", action_line=["02"], year="2024")
    whole = opened(programme="example", lang="en", year="2024")
    assert measures(narrowed) == measures(whole)
    assert SPEC.words("en")["of_line"] in said(narrowed)
    assert SPEC.words("en")["of_line"] not in said(whole)
