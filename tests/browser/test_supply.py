"""A sheet on its way in, as an operator sees it: a wrong one changes nothing, a right one moves the overview."""

import re

import pytest
from playwright.sync_api import expect

from impact_analytics import supplied
from impact_analytics.formats import UNITS, short
from impact_analytics.queries import Asked, value
from impact_analytics.store import pinned
from impact_analytics.ui.spec import pages
from tests.browser.conftest import Visit, served
from tests.conftest import copied, thinned
from tests.ingest.filled import cell, filled, rows_of, spend, without_period

pytestmark = pytest.mark.browser
SLUG = next(slug for slug, spec in pages().items() if spec.operators)
WORDS = pages()[SLUG].words("it")
PERIOD = "2024-Q4"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATIENCE = 30_000  # milliseconds
SUPPLIED = "Fornito dall'Amministrazione"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A programme of an authority's own, its newest sheet not in yet, and the app on the operator's machine."""
    folder = thinned(copied("example", tmp_path), ["e1-T01"])
    without_period(folder, PERIOD)
    settings = folder.path / "programme.toml"
    own = re.sub(r'basis = "example"', 'basis = "supplied"', settings.read_text(encoding="utf-8"))
    settings.write_text(re.sub("default_as_of = .*", 'default_as_of = "newest"', own), encoding="utf-8")
    monkeypatch.setenv("IMPACT_CACHE", str(tmp_path / "cache"))
    env = {"IMPACT_OPERATOR": "local", "IMPACT_DATA": str(folder.path.parent)}
    with served(tmp_path, "--server.address=127.0.0.1", **env) as address:
        yield folder, address


def wrong(book):
    cell(book, "financial", rows_of(book, "financial")[0], "incurred_eur").value = "tanti"


def test_a_wrong_sheet_changes_nothing_and_a_right_one_moves_the_overview(place, chromium):
    folder, address = place
    visit = Visit(chromium, address, lang="it")
    page = visit.open("")
    before = cards(page)
    refuse(visit, folder)
    page.reload()
    visit.settled()
    hand_in(visit, "giusta.xlsx", filled(folder, PERIOD, spend(123_456)))
    expect(page.get_by_role("heading", name=WORDS["moves"])).to_be_visible(timeout=PATIENCE)
    assert "+123.456,00" in page.inner_text("table.figures >> nth=0").replace("\u00a0", " ")
    page.get_by_role("button", name=WORDS["accept"], exact=True).click()
    expect(page.locator(".accepted")).to_be_visible(timeout=PATIENCE)
    (entry,) = supplied.entries(folder.path)
    assert (entry.who, entry.files[0].name, entry.received_on) == ("local", "giusta.xlsx", entry.at.date())

    visit.open("")
    after = cards(page)
    assert after != before
    assert SUPPLIED in page.inner_text(".cards")
    assert progress(folder) in after
    assert progress(folder) not in before
    assert visit.errors == []
    assert visit.outside == []


def refuse(visit, folder):
    """Hand in the wrong sheet: sentences appear, and nothing changes."""
    page = visit.open(SLUG)
    hand_in(visit, "sbagliata.xlsx", filled(folder, PERIOD, wrong))
    expect(page.get_by_text("tanti").first).to_be_visible(timeout=PATIENCE)
    assert "Finanziaria" in page.inner_text(".problems")
    assert page.get_by_role("button", name=WORDS["accept"]).count() == 0
    assert supplied.entries(folder.path) == []


def hand_in(visit, name, content):
    """Upload a file and have it checked."""
    page = visit.page
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    check = page.get_by_role("button", name=WORDS["check"], exact=True)
    expect(check).to_be_enabled(timeout=PATIENCE)
    check.click()


def cards(page):
    return page.locator(".cards .card-value").all_inner_texts()


def progress(folder):
    """Return the expenditure progress of the snapshot now in force, as a card writes it."""
    id = (folder.path.parents[1] / "cache" / "example.current").read_text(encoding="ascii")
    snapshot = pinned("example", id)
    found = value(Asked(snapshot, snapshot.programme.default_as_of), "expenditure_progress")
    return short(found.value, UNITS[found.unit], "it")
