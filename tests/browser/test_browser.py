"""What only a browser can tell: accessibility, console, hosts asked, keyboard, cold links."""

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import expect

from impact_analytics.ui.spec import pages

pytestmark = pytest.mark.browser
SLUGS = [slug for slug, spec in pages().items() if not spec.operators]  # those have a server of their own
PROGRAMMES = ("impact", "example")
GRAVE = ("serious", "critical")


def address(slug: str, query: str = "") -> str:
    path = "" if slug == SLUGS[0] else slug
    return f"{path}?{query}" if query else path


def violations(page) -> list[str]:
    page.add_script_tag(path=AXE_FILE_PATH)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("slug", SLUGS)
def test_page_is_accessible_and_keeps_to_its_host(kept, slug, programme, dark):
    window = kept(dark=dark, lang="it" if dark else "en")
    page = window.open(address(slug, f"programme={programme}"))
    assert violations(page) == []
    assert window.outside == []
    assert window.errors == []
    assert page.evaluate("document.documentElement.lang") == ("it" if dark else "en")


@pytest.mark.parametrize("slug", SLUGS)
def test_page_fits_a_phone(kept, slug):
    page = kept(width=390).open(address(slug))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_cold_deep_links_keep_their_frame(visit):
    window = visit(lang="en")
    for slug in SLUGS:
        page = window.open(address(slug, "programme=example&territory=T04"))
        assert pages()[slug].words("en")["title"] in page.inner_text("h1.title")
        expect(page.locator("[data-testid=stSidebar]")).to_be_visible()
        assert "territory=T04" in page.url
    assert window.errors == []


def test_a_click_on_the_map_opens_a_dossier(visit):
    window = visit(lang="en")
    page = window.open(address("territories", "programme=example"))
    canvas = page.locator(".st-key-places_map canvas").first
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(3000)
    for down in (0.35, 0.45, 0.55, 0.65) * 2:
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * down)
        page.wait_for_timeout(400)
        page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * down)
        page.wait_for_timeout(2500)
        if "place=" in page.url:
            break
    assert "place=T" in page.url
    window.settled()
    assert page.locator(".st-key-dossier h2").first.inner_text().startswith("Territory")


def test_keyboard_alone_reaches_a_dossier(visit):
    window = visit(lang="en")
    page = window.open(address("territories", "programme=example"))
    page.get_by_role("combobox", name="Territory dossier").or_(page.get_by_label("Territory dossier")).first.focus()
    page.keyboard.type("Territory 07")
    page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    page.wait_for_function("location.search.includes('place=T07')", timeout=15_000)
    window.settled()
    assert "Territory 07" in page.locator(".st-key-dossier h2").first.inner_text()


def test_menu_keeps_what_was_narrowed(visit):
    window = visit(lang="en")
    page = window.open("?programme=example&territory=T04")
    page.get_by_role("link", name=pages()["funding"].words("en")["menu"]).first.click()
    page.wait_for_url("**/funding?*")
    window.settled()
    assert "territory=T04" in page.url
    assert "programme=example" in page.url


def test_language_switch_keeps_the_view(visit):
    window = visit(lang="en")
    page = window.open(address("funding", "as_of=2020-12-14&territory=ITH5&lang=it"))
    assert pages()["funding"].words("it")["title"] == page.inner_text("h1.title")
    page = window.open(address("funding", "as_of=2020-12-14&territory=ITH5&lang=en"))
    assert pages()["funding"].words("en")["title"] == page.inner_text("h1.title")
    assert "as_of=2020-12-14" in page.url


def test_a_map_that_fills_the_screen_keeps_the_mark(visit):
    page = visit(lang="en").open(address("territories", "programme=example"))
    page.locator(".st-key-territories_map canvas").first.hover()
    page.get_by_label("Fullscreen").last.click()
    frame = page.locator(".st-key-territories_map [data-testid=stFullScreenFrame]")
    page.wait_for_function("frame => getComputedStyle(frame).position === 'fixed'", arg=frame.element_handle())
    assert frame.evaluate("frame => getComputedStyle(frame, '::after').content") == '"EXAMPLE, invented values"'
