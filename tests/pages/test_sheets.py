"""The sheet board: every cell leads to its sheet; a concluded programme reminds nobody."""

import random
import re

import pytest
from streamlit.testing.v1 import AppTest

from impact_analytics import build
from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.queries import Asked, reminders, sheets
from impact_analytics.settings import PACKAGE
from impact_analytics.ui.spec import pages
from tests.shipped import shipped

SLUG = "sheets"
CELL = re.compile(r'<td><a(?: class=\w)?( aria-current=true)? href="\?([^"]+)">(.)<i>([^<]+)</i></a>')
BOARD_ROOM = 45_000  # bytes; a page may send 60 kB


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(PACKAGE / "ui" / "frame.py"), default_timeout=60)
    app.query_params.update(link)
    app.switch_page(f"../../pages/{pages()[SLUG].script.name}")
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def words(lang: str):
    return pages()[SLUG].words(lang)


def asking(folder=None) -> Asked:
    snapshot = build.build(folder) if folder else shipped("example")
    return Asked(snapshot, snapshot.programme.default_as_of)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_cell_says_its_grade_and_leads_to_its_sheet(lang):
    body = next(
        one.proto.body for one in opened(programme="example", lang=lang).get("html") if "<td>" in one.proto.body
    )
    cells = CELL.findall(body)
    grades = texts("app", lang)["grade"]
    expected = sheets.board(asking(), lang)
    wanted = list(zip(expected["project_id"], expected["period_id"], expected["grade"], strict=True))
    assert [(*ids(link), word) for _, link, _, word in cells] == [(*key, grades[grade]) for *key, grade in wanted]
    assert len({sign for _, _, sign, _ in cells}) == len({grade for *_, grade in wanted}) == 4
    assert len(body.encode()) < BOARD_ROOM


def ids(link: str) -> list[str]:
    found = dict(pair.split("=") for pair in link.split("&"))
    assert found["programme"] == "example"
    return [found["project"], found["period"]]


@pytest.mark.parametrize("seed", range(4))
def test_a_cell_opens_its_sheet_and_marks_it(seed):
    found = sheets.board(asking(), "en")
    row = found.iloc[random.Random(seed).randrange(len(found))]
    app = opened(programme="example", lang="en", project=row["project_id"], period=row["period_id"])
    assert app.selectbox(key="project").value == row["project_id"]
    assert app.selectbox(key="period").value == row["period_id"]
    marked = [link for here, link, *_ in CELL.findall(said(app)) if here]
    assert [ids(link) for link in marked] == [[row["project_id"], row["period_id"]]]
    missing = words("en")["sheet_missing"] in said(app)
    assert missing == (row["grade"] == "missing")


def test_a_project_alone_opens_its_newest_sheet():
    found = sheets.sheets(asking(), "e1-T06")
    assert not found[0].sheet_id  # the newest that was due is not in
    app = opened(programme="example", project="e1-T06")
    assert app.selectbox(key="period").value == sheets.newest(found).period_id == found[1].period_id


def test_a_fall_of_a_cumulative_value_is_said_in_words():
    asked = asking()
    falling = next(
        one
        for project in sheets.projects(asked, "it")
        for one in sheets.sheets(asked, project)
        for entry in sheets.entries(asked, one.sheet_id, one.before_id, "it")
        if entry.part == "financial" and entry.moved is not None and entry.moved < 0
    )
    shown = said(opened(programme="example", lang="it", project=falling.project_id, period=falling.period_id))
    assert ", cala</td>" in shown
    assert 'class="falls"' in shown


def test_reminders_are_for_an_open_programme_only(example_folder, cache, monkeypatch):
    toml = example_folder.path / "programme.toml"
    settings = toml.read_text(encoding="utf-8").replace('status = "open"', 'status = "concluded"')
    settings = re.sub(r"(?m)^(fresh|overdue|delinquent)_days = .*\n", "", settings)
    toml.write_text(settings, encoding="utf-8")
    monkeypatch.setenv("IMPACT_DATA", str(example_folder.path))
    app = opened(lang="en", tab="reminders")
    shown, told = said(app), words("en")
    assert told["reminders"]["concluded"] in shown
    assert told["reminders"]["open"] not in shown
    assert told["col_asked"] not in shown
    assert told["asks"]["send"] not in shown
    assert not [box for box in app.get("expander") if "letters" in box.proto.id]
    assert not [button for button in app.get("download_button") if button.proto.id.endswith("reminders_txt")]
    assert told["age_none"] in shown  # no rule of the programme grades the age
    assert not [one for one in reminders.reminders(asking(example_folder.path), "en") if one.age]
    card = texts("app", "en")["newest_sheet"].format(period="Q3\u00a02024")
    assert f'<div class="card-note">{card}</div>' in shown  # nor is there a share of recent sheets


def test_reminders_of_an_open_programme_can_be_pasted():
    app = opened(programme="example", lang="it", tab="reminders")
    assert words("it")["reminders"]["open"] in said(app)
    app.session_state["letters"] = True
    app.run()
    letters = [letter.text for letter in reminders.letters(asking(), "it")]
    assert [one.value for one in app.code] == letters
