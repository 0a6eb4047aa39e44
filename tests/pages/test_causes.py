"""What the pages of causes and of clocks do with what a reader chooses."""

from urllib.parse import parse_qs, urlsplit

import pytest

from impact_analytics.ui import page
from tests.pages.test_pages import LINK, opened, said


def test_a_cause_in_the_link_narrows_what_is_told():
    app = opened("causes", lang="en", programme="example", origin="none", nature="none")
    assert not app.exception
    table = said(app).rsplit("<table", 1)[1]
    cells = table.count("<td>Not\u00a0coded</td>")
    assert cells
    assert cells == 2 * table.count('<td class="wide">')
    assert "Origin: Not coded" in said(app)


def test_a_code_that_does_not_exist_narrows_nothing():
    app = opened("causes", lang="en", programme="example", nature="made_up", project="nobody")
    assert not app.exception
    assert app.selectbox(key="nature").value == ""
    assert "nobody" in said(app)


def test_every_cause_leads_to_the_sheet_it_is_from():
    app = opened("causes", lang="en", programme="example", as_of="2023-06-30")
    links = [urlsplit(address.replace("&amp;", "&")) for address in LINK.findall(said(app))]
    sheets = [parse_qs(link.query) for link in links if link.path == "/sheets"]
    assert len(sheets) > 10
    assert all(len(asked["project"]) == len(asked["period"]) == 1 for asked in sheets)


@pytest.mark.parametrize("slug", ["causes", "clocks"])
def test_a_project_chosen_has_a_way_back(slug):
    whole = opened(slug, lang="en", programme="example")
    one = opened(slug, lang="en", programme="example", project="e1-T04")
    assert 'class="trail"' not in said(whole)
    assert 'class="trail"' in said(one)
    assert "project=e1-T04" in said(one)


def test_a_click_on_a_grid_tells_row_and_column(monkeypatch):
    held = {"grid": {"selection": {"points": [{"customdata": ["staff", "context"]}, {}]}}}
    monkeypatch.setattr(page.st, "session_state", held)
    assert page.cells_picked("grid") == [("staff", "context")]


def test_projects_furthest_behind_stand_first_with_a_sign_and_a_word():
    shown = said(opened("clocks", lang="en", programme="example"))
    assert shown.index("×\u00a0late") < shown.index("!\u00a0watch")
    alone = (
        said(opened("clocks", lang="en", programme="example", territory=f"T{number:02}")) for number in range(1, 21)
    )
    assert any("✓\u00a0on\u00a0track" in one for one in alone)


def test_school_time_is_left_out_where_no_line_keeps_to_it():
    with_school = said(opened("clocks", lang="en", programme="example"))
    without = said(opened("clocks", lang="en", programme="example", action_line=["02"]))
    assert "School time counts the days from 1\u00a0September to 30\u00a0June" in with_school
    assert "School time" not in without
    assert "School gap" not in without


@pytest.mark.parametrize(
    ("slug", "choices"),
    [
        ("causes", {}),
        ("causes", {"scope": "newest", "project": "e1-T17"}),
        ("clocks", {}),
        ("clocks", {"project": "e1-T17"}),
    ],
)
def test_every_table_below_a_figure_can_be_open_at_once(slug, choices):
    app = opened(slug, lang="it", programme="example", **choices)
    boxes = [one.proto.id.split("-", 2)[-1] for one in app.get("expander")]
    assert len(boxes) > 2
    for key in boxes:
        app.session_state[key] = True
    app.run()
    assert not app.exception
    tables = said(app).count("<table") - said(opened(slug, lang="it", programme="example", **choices)).count("<table")
    assert tables == len(boxes)
