"""The page of changes requested: one of them, its project's budget, and what is said where there is none."""

import re

import pytest

from impact_analytics.ui.markup import escape
from impact_analytics.ui.spec import pages
from tests.pages.test_pages import opened, said

WORDS = pages()["revisions"].words("en")


def headings(app):
    return re.findall(r'<h[23] class="part">(.*?)</h', said(app))


def test_one_change_shows_its_days_its_rows_and_the_version_that_followed():
    app = opened("revisions", lang="en", programme="example", change="change_001")
    assert not app.exception
    shown = said(app)
    days = re.findall(r"<time>(.*?)</time>", re.search(r'<ol class="way">.*?</ol>', shown)[0])
    assert days == ["07/11/2022", "13/12/2022", "24/02/2023", "24/02/2023"]
    assert "change_request.csv, row 2" in shown
    assert "act.csv, row" in shown
    assert "budget version 3 is known (24/02/2023)" in shown
    assert app.selectbox(key="version").value == "3"
    assert escape(WORDS["waiting_title"]) not in headings(app)


def test_before_its_decision_a_change_waits_and_no_version_followed():
    app = opened("revisions", lang="en", programme="example", change="change_001", as_of="2022-12-01")
    shown = said(app)
    assert "24\u00a0days later" in shown
    assert "13/12/2022" not in shown
    assert app.selectbox(key="version").value == "2"


@pytest.mark.parametrize("link", [{"as_of": "2022-01-01"}, {"territory": "T02"}])
def test_a_change_that_is_not_there_is_named_so(link):
    app = opened("revisions", lang="en", programme="example", change="change_001", **link)
    assert not app.exception
    assert WORDS["not_known_then"].split("{")[0] in said(app)
    assert "session_state" not in said(app)
    assert app.session_state.change == ""


def test_a_project_shows_its_own_changes_and_budget():
    app = opened("revisions", lang="en", programme="example", project="e1-T11", version="2")
    shown = said(app)
    assert app.selectbox(key="version").value == "2"
    assert {"change_019", "change_038"} <= set(re.findall(r"change=(change_\d+)", shown))
    assert "change_001" not in set(re.findall(r"change=(change_\d+)", shown))
    assert escape(WORDS["budget_title"]) in headings(app)
    assert escape(WORDS["overview_title"]) not in headings(app)


def test_a_version_that_does_not_exist_gives_the_newest():
    app = opened("revisions", lang="en", programme="example", project="e1-T11", version="<b>")
    assert not app.exception
    assert app.selectbox(key="version").value == "3"


def test_lines_narrow_the_detail_of_a_budget_only():
    whole, line = (
        said(opened("revisions", lang="en", programme="example", project="e1-T11", **link))
        for link in ({}, {"action_line": "01"})
    )
    assert line.count("Action 01: ") == whole.count("Action 01: ") > 0
    assert "Action 02: " in whole
    assert "Action 02: " not in line
    assert escape(WORDS["not_by_line"]) in line


def test_what_is_published_of_a_programme_without_changes_is_its_extensions():
    shown = said(opened("revisions", lang="en", programme="impact"))
    assert escape(WORDS["not_monitored"]) in shown
    assert escape(WORDS["published_title"]) in shown
    assert shown.count("Whole call") == 3
