"""The same day with and without an act, on a programme of one project made up for it."""

import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from impact_analytics.build import build
from impact_analytics.queries import Asked, deadlines, ledger, of_project, values
from impact_analytics.settings import PACKAGE
from impact_analytics.ui.spec import pages

TERM, END, DAY = "2021-06-30", "2021-12-31", "2021-07-01"
ACT, PROJECT = "act_money", "e1-T01"


@pytest.fixture
def extended(small_folder, tmp_path, monkeypatch):
    """A project with a term of 30/06/2021, an act that moves it to 31/12/2021, and sheets that expect that end."""
    moved = {"ends_on": END, "known_from": "2021-06-15", "extension": "with_money", "act_id": ACT}
    header = list(small_folder.rows("deadline")[0])
    first = {row["deadline_id"]: row for row in small_folder.rows("deadline")}["e1_first"]
    small_folder.write("deadline", [first | {"ends_on": TERM}, first | moved | {"deadline_id": "e1_moved"}], header)
    ends = [row | {"expected_end_on": END, "approved_end_on": END} for row in small_folder.rows("sheet_procedural")]
    small_folder.write("sheet_procedural", ends)
    dates = {"adopted_on": "2021-06-01", "registered_on": "2021-06-10", "effective_on": "2021-06-15"}
    place = next(place for place, row in enumerate(small_folder.rows("act")) if row["act_id"] == ACT)
    small_folder.edit("act", place, dates | {"known_from": "2021-06-01"})
    monkeypatch.setenv("IMPACT_DATA", str(small_folder.path.parent))
    monkeypatch.setenv("IMPACT_CACHE", str(tmp_path / "cache"))
    return small_folder


def told(slug, **link):
    app = AppTest.from_file(str(PACKAGE / "ui" / "frame.py"), default_timeout=60)
    for name, value in {"lang": "it", "as_of": DAY, **link}.items():
        app.query_params[name] = value
    app.switch_page(f"../../pages/{pages()[slug].script.name}").run()
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html")).replace("\u00a0", " ")


def row(html, first):
    """Return the cells of the row of a table that begins with some words."""
    body = next(part for part in html.split("<tr>") if part.startswith(f"<td>{first}</td>"))
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", body)]


def test_residual_delay_is_184_days_without_the_act_and_none_with_it(extended):
    asked = Asked(build(extended.path), date.fromisoformat(DAY))
    names = ("residual_delay", "term_in_force", "moved_months", "with_money_months", "projects_late")
    for without, figures in (((), (0, date(2021, 12, 31), 6, 6, 0)), ((ACT,), (184, date(2021, 6, 30), 0, 0, 1))):
        one = Asked(asked.snapshot, asked.as_of, asked.where, without)
        for question in (one, of_project(one, PROJECT)):
            found = values(question, names)
            assert tuple(found[name].value for name in names) == figures
    said = ledger.of_project(Asked(asked.snapshot, asked.as_of, without=(ACT,)), PROJECT, "it").replace("\u00a0", " ")
    assert said.endswith(
        "non spostato dal primo termine attestato; ritardo residuo di 184 giorni, fine prevista 31/12/2021."
    )
    compared = deadlines.compared(Asked(asked.snapshot, asked.as_of, without=(ACT,)), "it")
    assert compared[["residual_days", "other_residual_days"]].to_numpy().tolist() == [[0, 184]]


def test_the_page_shows_the_same_day_with_and_without_the_act(extended):
    assert build(extended.path)
    alone = told("deadlines")
    assert "184 giorni" not in alone
    link = re.search(rf'href="(/deadlines\?[^"]*without={ACT}[^"]*)"', alone)
    assert link, "each act leads to the same day without it"
    assert "as_of=2021-07-01" in link[1]
    without = told("deadlines", without=ACT)
    assert row(without, "Ritardo residuo (il maggiore)")[1:3] == ["0 giorni", "184 giorni"]
    assert row(without, "Termine vigente (il più lontano)")[1:3] == ["31/12/2021", "30/06/2021"]
    assert row(without, "Spostamento del termine (il maggiore)")[1:3] == ["6 mesi", "0 mesi"]


def test_the_project_s_page_answers_with_the_act_and_leads_to_the_day_without_it(extended):
    assert build(extended.path)
    html = told("project", project=PROJECT)
    assert "spostato di 6 mesi dal primo termine attestato, il 30/06/2021 (6 onerosi)" in html
    assert "nessun ritardo residuo, fine prevista 31/12/2021" in html
    assert f"project={PROJECT}&amp;without={ACT}" in html or f"without={ACT}&amp;project={PROJECT}" in html
    narrowed = told("deadlines", project=PROJECT, without=ACT)
    assert row(narrowed, "Ritardo residuo (il maggiore)")[1:3] == ["0 giorni", "184 giorni"]


def test_the_school_year_that_the_extension_covers_is_in_part(extended):
    assert build(extended.path)
    assert "2021/22 dal 01/09/2021 al 31/12/2021" in told("deadlines")
