"""Every page, both languages, both programmes, in its frame and alone, cold and by deep link; no page is named here."""

import re
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from impact_analytics.i18n import LANGUAGES, leaves, text
from impact_analytics.settings import PACKAGE, PAGES
from impact_analytics.ui import reader
from impact_analytics.ui.markup import escape
from impact_analytics.ui.spec import pages
from tests.shipped import shipped

FRAME = PACKAGE / "ui" / "frame.py"
SLUGS = list(pages())
PROGRAMMES = ("impact", "example")
MARKS = {"it": "ESEMPIO, valori inventati", "en": "EXAMPLE, invented values"}
OPERATORS_ONLY = [slug for slug, spec in pages().items() if spec.operators]
LINK = re.compile(r'href="([^"]+)"')


def opened(slug: str, **link: str | list[str]) -> AppTest:
    """Open a page in a fresh session by its link."""
    app = AppTest.from_file(str(FRAME), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(f"../../pages/{pages()[slug].script.name}")
    return app.run()


def menu(app: AppTest) -> list[str]:
    """Return the words of the menu."""
    return [link.proto.label for link in app.get("page_link")]


def said(app: AppTest) -> str:
    """Return everything a page says in HTML of ours."""
    return "\n".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_page_opens_by_deep_link(slug, lang, programme):
    app = opened(slug, lang=lang, programme=programme)
    assert not app.exception
    words = pages()[slug].words(lang)
    assert f'<h1 class="title">{escape(words["title"])}</h1>' in said(app)
    assert (MARKS[lang] in said(app)) == (programme == "example")
    assert "{" not in re.sub(r"<style>.*?</style>", "", said(app), flags=re.DOTALL)


@pytest.mark.parametrize("slug", SLUGS)
def test_page_opens_alone(slug):
    app = AppTest.from_file(str(pages()[slug].script), default_timeout=60)
    app.query_params["lang"] = "en"
    app.run()
    assert not app.exception
    assert escape(pages()[slug].words("en")["title"]) in said(app)


@pytest.mark.parametrize("slug", OPERATORS_ONLY)
def test_page_for_operators_is_not_there_for_a_visitor(slug):
    words = pages()[slug].words("en")
    app = opened(slug, lang="en")
    assert not app.exception
    assert f'<h1 class="title">{escape(words["title"])}</h1>' not in said(app)
    assert f'<h1 class="title">{escape(pages()[SLUGS[0]].words("en")["title"])}</h1>' in said(app)
    assert words["menu"] not in menu(app)
    assert pages()[SLUGS[0]].words("en")["menu"] in menu(app)


@pytest.mark.parametrize("slug", OPERATORS_ONLY)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_for_operators_refuses_a_visitor_when_run_alone(slug, lang):
    app = AppTest.from_file(str(pages()[slug].script), default_timeout=60)
    app.query_params["lang"] = lang
    app.session_state["lang"] = lang
    app.run()
    assert not app.exception
    assert escape(text("app", "operators_only", lang)) in said(app)
    assert escape(pages()[slug].words(lang)["title"]) not in said(app)
    assert len(app.main.children) == 1


@pytest.mark.parametrize("slug", OPERATORS_ONLY)
def test_menu_offers_a_page_for_operators_to_them(slug):
    app = opened(SLUGS[0], lang="en")
    assert pages()[slug].words("en")["menu"] in menu(app)


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("slug", SLUGS)
def test_page_opens_narrowed_and_at_every_age(slug, programme):
    snapshot = shipped(programme)
    known = reader.choices(snapshot, "en")
    ids = {choice.id: choice.options for choice in known if choice.kind == "many"}
    for day in ("2010-01-01", "2019-12-31", "2021-08-07", "2035-01-01"):
        app = opened(slug, programme=programme, lang="en", as_of=day, territory=ids["territory"][3])
        assert not app.exception, day
    app = opened(
        slug, programme=programme, lang="en", macro_area=ids["macro_area"][0], action_line=ids["action_line"][:2]
    )
    assert not app.exception


@pytest.mark.parametrize("slug", SLUGS)
def test_garbage_in_a_link_is_ignored_with_a_sentence(slug):
    garbage = {
        "nonsense": "<b>1</b>",
        "territory": ["ZZZ"],
        "as_of": "2021-06-31",
        "snapshot": "../../etc",
        "programme": "nix",
    }
    app = opened(slug, lang="en", **garbage)
    assert not app.exception
    shown = said(app)
    for value in ("nonsense", "ZZZ", "2021-06-31", "nix"):
        assert value in shown
    assert "<b>1</b>" not in shown


@pytest.mark.parametrize("slug", SLUGS)
def test_links_on_a_page_lead_to_pages(slug):
    app = opened(slug, lang="en", programme="example")
    inside = [address for address in LINK.findall(said(app)) if address.startswith("/")]
    assert {re.split(r"[?#]", address)[0].strip("/") for address in inside} <= {"", *SLUGS}
    assert all("programme=example" in address for address in inside)


def test_language_alone_changes_the_words():
    app = opened(SLUGS[0], lang="it", programme="example", as_of="2023-03-31")
    other = opened(SLUGS[0], lang="en", programme="example", as_of="2023-03-31")
    assert app.session_state.as_of == other.session_state.as_of == "2023-03-31"
    assert said(app) != said(other)


def test_choosing_another_programme_forgets_what_was_narrowed():
    app = opened(SLUGS[0], lang="en", programme="example", as_of="2023-03-31", territory=["T01"])
    app.selectbox(key="programme").set_value("impact").run()
    assert not app.exception
    assert app.session_state.territory == []
    assert app.multiselect(key="territory").value == []


def test_clear_takes_every_filter_out():
    app = opened(SLUGS[0], lang="en", programme="example", territory=["T01"])
    app.button(key="clear").click().run()
    assert app.multiselect(key="territory").value == []
    assert not app.exception


@pytest.mark.parametrize("path", sorted([*PACKAGE.rglob("*.toml"), *PAGES.glob("*.toml")]), ids=lambda path: path.stem)
def test_every_text_stands_in_every_language(path: Path):
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    if "it" not in tables:
        pytest.skip("no words in this file")
    keys = {lang: set(leaves(tables[lang])) for lang in LANGUAGES}
    assert keys["it"] == keys["en"]
    empty = [
        key for lang in LANGUAGES for key, value in leaves(tables[lang]).items() if value == "" and "unit." not in key
    ]
    assert set(empty) <= {"turn.nobody"}


@pytest.mark.parametrize("path", sorted([*PACKAGE.rglob("*.toml"), *PAGES.glob("*.toml")]), ids=lambda path: path.stem)
def test_languages_have_the_same_places(path: Path):
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    italian, english = leaves(tables.get("it", {})), leaves(tables.get("en", {}))
    places = re.compile(r"\{(\w+)")
    differing = [
        key
        for key in italian
        if isinstance(italian[key], str) and set(places.findall(italian[key])) != set(places.findall(english[key]))
    ]
    assert not differing
