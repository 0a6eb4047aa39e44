"""What only a browser can tell: accessibility, console, hosts asked, keyboard, cold links."""

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from impact_analytics.ui.spec import pages

pytestmark = pytest.mark.browser
SLUGS = list(pages())
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
def test_page_is_accessible_and_keeps_to_its_host(visit, slug, programme, dark):
    window = visit(dark=dark, lang="it" if dark else "en")
    page = window.open(address(slug, f"programme={programme}"))
    assert violations(page) == []
    assert window.outside == []
    assert window.errors == []
    assert page.evaluate("document.documentElement.lang") == ("it" if dark else "en")


@pytest.mark.parametrize("slug", SLUGS)
def test_page_fits_a_phone(visit, slug):
    page = visit(width=390).open(address(slug))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
