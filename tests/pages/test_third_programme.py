"""A programme nobody thought of: other names, six lines, half-years, no partners, shapes, rule or withdrawal."""

import csv
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from impact_analytics.build import build
from impact_analytics.queries import Asked, values
from impact_analytics.settings import PACKAGE
from impact_analytics.ui import reader
from impact_analytics.ui.spec import pages

TOML = """
basis = "published"
status = "open"
default_as_of = 2031-12-31
call = "kald_1"
[name]
it = "L'<b>Ør</b>"
en = "L'<b>Ør</b>"
[title]
it = "L'aiuto d'Ør"
en = "Ør's aid"
[roles.authority]
body = ""
it = "Ufficio d'Ør"
en = "Office of Ør"
"""
LINES = [f"l{number}" for number in range(1, 7)]
PERIODS = [(f"{year}-H{half}", year, half) for year in (2030, 2031) for half in (1, 2)]


def both(name, text):
    return {f"{name}_it": text, f"{name}_en": text}


def tables():
    source = {"source_id": "s1"}
    projects = {"kald_1-O1": "O1", "kald_1-O2": "O2"}
    sheets = [
        {
            "sheet_id": f"{project}-{period}",
            "project_id": project,
            "period_id": period,
            "version": 1,
            "received_on": f"{year}-{'08' if half == 1 else '12'}-20",
            **source,
        }
        for project in projects
        for period, year, half in PERIODS
    ]
    return {
        "source": [
            {"source_id": "s1", "title": "L'atto <b>n. 1</b>", "publisher": "Ør", "url": "https://example.org/a?b=<c>"}
        ],
        "programme_call": [
            {
                "call_id": "kald_1",
                **both("title", "L'aiuto"),
                **both("fund", "Fondo"),
                **both("objective", "Fine"),
                "opened_on": "2030-01-01",
                "known_from": "2030-01-01",
                **source,
            }
        ],
        "macro_area": [{"macro_area": "hele", **both("name", "Hele d'Ør"), "position": 1}],
        "territory": [
            {
                "territory": f"O{number}",
                **both("name", f"Sant'<b>Ør</b> {number}"),
                "macro_area": "hele",
                "applied": "true",
                **source,
            }
            for number in (1, 2)
        ],
        "action_line": [
            {
                "action_line": line,
                "call_id": "kald_1",
                "position": place,
                **both("name", f"Linea d'{line}"),
                **both("title", f"Titolo <i>{line}</i>"),
                "school_time": "false",
                **source,
            }
            for place, line in enumerate(LINES)
        ],
        "code": [{"list": "cost_category", "code": "alt", **both("name", "Tutto l'altro"), "position": 1}],
        "project": [
            {
                "project_id": project,
                "call_id": "kald_1",
                "territory": territory,
                "title": f'L\'"opera" <script>{territory}',
                "lead": "Comune d'Ør",
                "started_on": "2030-02-01",
                "started_precision": "day",
                "known_from": "2030-01-15",
                **source,
            }
            for project, territory in projects.items()
        ],
        "endowment": [
            {
                "endowment_id": "e1",
                "call_id": "kald_1",
                "kind": "assigned",
                "amount_eur": "600000.01",
                "total": "true",
                "known_from": "2030-01-01",
                **source,
            }
        ],
        "funding": [
            {"project_id": "kald_1-O1", "version": 1, "amount_eur": "400000.01", "known_from": "2030-01-15", **source},
            {"project_id": "kald_1-O2", "version": 1, "amount_eur": "200000.00", "known_from": "2030-01-15", **source},
        ],
        "budget": [
            {
                "project_id": project,
                "version": 1,
                "action_line": line,
                "cost_category": "alt",
                "amount_eur": "30000.00",
                "known_from": "2030-01-15",
                **source,
            }
            for project in projects
            for line in LINES
        ],
        "deadline": [
            {
                "deadline_id": "d1",
                "call_id": "kald_1",
                "ends_on": "2032-01-31",
                "extension": "first",
                "known_from": "2030-01-01",
                **source,
            }
        ],
        "reporting_period": [
            {
                "period_id": period,
                "starts_on": f"{year}-{'01-01' if half == 1 else '07-01'}",
                "ends_on": f"{year}-{'06-30' if half == 1 else '12-31'}",
                "due_on": f"{year}-{'07-31' if half == 1 else '12-31'}",
            }
            for period, year, half in PERIODS
        ],
        "sheet": sheets,
        "sheet_financial": [
            {
                "sheet_id": sheet["sheet_id"],
                "action_line": line,
                "cost_category": "alt",
                "committed_eur": f"{5000 * (number % 4 + 1)}.00",
                "incurred_eur": f"{2500 * (number % 4 + 1)}.50",
            }
            for number, sheet in enumerate(sheets)
            for line in LINES
        ],
    }


@pytest.fixture
def third(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "oer"
    folder.mkdir(parents=True)
    (folder / "programme.toml").write_text(TOML, encoding="utf-8")
    for name, rows in tables().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)
    monkeypatch.setenv("IMPACT_DATA", str(folder.parent))
    monkeypatch.setenv("IMPACT_CACHE", str(tmp_path / "cache"))
    return folder


@pytest.mark.parametrize("slug", list(pages()))
def test_every_page_opens(third, slug, request):
    if pages()[slug].operators:
        request.getfixturevalue("at_the_machine")
    for link in ({}, {"territory": "O1"}, {"action_line": LINES[4:]}, {"as_of": "2030-12-31"}, {"as_of": "2029-01-01"}):
        app = AppTest.from_file(str(PACKAGE / "ui" / "frame.py"), default_timeout=60)
        for name, value in {"lang": "it", **link}.items():
            app.query_params[name] = value
        app.switch_page(f"../../pages/{pages()[slug].script.name}").run()
        assert not app.exception, link
        shown = "\n".join(element.proto.body for element in app.get("html"))
        assert "<script>" not in shown
        assert "<b>Ør" not in shown
        assert reader.programmes() == ("oer",)


def test_its_figures_are_right(third):
    snapshot = build(third)
    asked = Asked(snapshot, snapshot.programme.default_as_of)
    found = values(asked, ("funding", "incurred", "budget", "sheets_expected", "sheets_missing", "uncovered_advance"))
    assert found["funding"].value == Decimal("600000.01")
    assert found["incurred"].value == 2 * 6 * Decimal("10000.50")
    assert found["budget"].value == Decimal("360000.00")
    assert (found["sheets_expected"].value, found["sheets_missing"].value) == (8, 0)
    assert found["uncovered_advance"].value is None
