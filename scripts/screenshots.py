"""Take a picture of every page into docs/screenshots: the first programme, Italian, light, 1440 px wide."""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks.servers import serving  # noqa: E402 - the checkout is no package
from impact_analytics.ui.spec import pages  # noqa: E402

WIDTH, HIGHEST = 1440, 2600
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def main() -> None:
    """Open every page in Chromium and write what it shows."""
    folder = ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with serving("dashboard.py") as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("IMPACT_BROWSER", "/usr/bin/chromium"), args=FLAGS
        )
        window = browser.new_context(locale="it-IT", viewport={"width": WIDTH, "height": 1000}).new_page()
        for place, slug in enumerate(slug for slug, spec in pages().items() if not spec.operators):
            _take(window, f"http://127.0.0.1:{port}/{slug if place else ''}", folder / f"{slug}.png")
        browser.close()


def _take(window: Page, address: str, into: Path) -> None:
    window.set_viewport_size({"width": WIDTH, "height": 1000})
    window.goto(address)
    window.wait_for_selector("h1.title")
    window.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    window.wait_for_timeout(2000)
    height = window.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    window.set_viewport_size({"width": WIDTH, "height": min(height, HIGHEST)})
    window.wait_for_timeout(4000)
    window.screenshot(path=into)


if __name__ == "__main__":
    main()
