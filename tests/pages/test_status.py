"""The page of the status of projects: narrowed by grade, explained in words, and led back to an earlier day."""

import re
from collections import Counter

import pytest

from impact_analytics.queries import Asked, status
from impact_analytics.ui.markup import escape
from impact_analytics.ui.spec import pages
from tests.pages.test_pages import opened, said
from tests.shipped import shipped

WORDS = pages()["status"].words("en")


def graded():
    snapshot = shipped("example")
    return status.graded(Asked(snapshot, snapshot.programme.default_as_of))


def rows(shown):
    table = re.search(r'<table class="figures statuses-now">.*?</table>', shown, re.DOTALL)
    return re.findall(r"<tr><td>(.*?)</tr>", table[0], re.DOTALL) if table else []


def test_every_project_has_a_row_with_its_sign_and_word():
    shown = rows(said(opened("status", lang="en", programme="example")))
    found = Counter(grade for row in shown for grade in re.findall(r"status-word-(\w+)", row))
    assert found == status.counts(graded())
    for row in shown:
        assert any(f"</b> {escape(word)}</span>" in row for word in WORDS["grades"].values())


@pytest.mark.parametrize("grade", ["late", "on_track", "not_started"])
def test_a_grade_narrows_table_and_history(grade):
    app = opened("status", lang="en", programme="example", grade=grade)
    assert not app.exception
    count = status.counts(graded()).get(grade, 0)
    assert len(rows(said(app))) == count
    assert len(app.get("plotly_chart")) == (1 if count else 0)
    assert (WORDS["none_of_grade"] in said(app)) == (not count)


def test_a_late_project_says_value_threshold_and_what_would_lift_it():
    row = next(row for row in rows(said(opened("status", lang="en", programme="example"))) if "Territory 18" in row)
    assert "Residual delay: 92\u00a0days; fires at more than 90\u00a0days" in row
    assert "bring the expected end forward by 92\u00a0days" in row
    assert "fewer sheets missing: 4" in row


def test_a_programme_without_rules_says_so_and_shows_how():
    shown = said(opened("status", lang="en", programme="impact"))
    assert escape(WORDS["no_rules"]) in shown
    assert "[[rules]]" in shown
    assert escape(WORDS["not_monitored"]) in shown
    assert not rows(shown)


def test_before_any_project_is_known_nothing_is_graded():
    app = opened("status", lang="en", programme="example", as_of="2018-01-01")
    assert not app.exception
    assert escape(WORDS["none"]) in said(app)
