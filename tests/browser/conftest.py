"""A real server on loopback and a real Chromium, for what only a browser can tell."""

import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from urllib.parse import urlparse
from urllib.request import urlopen

import pytest
from playwright.sync_api import sync_playwright

from impact_analytics.settings import ROOT

FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium_path() -> str:
    return os.environ.get("IMPACT_BROWSER", "/usr/bin/chromium")


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def started(*command, answers, log, **env):
    """Run a Python module as a process of its own until the block ends; it is up when it answers."""
    with log.open("w") as said:
        running = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **env}, stdout=said, stderr=said
        )
        try:
            _wait_for(answers)
            yield
        finally:
            running.terminate()
            running.wait(10)


@contextmanager
def served(folder, *flags, port=0, **env):
    """Start the app as `make run` does, on a cache of its own; yield its address."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    command = ["streamlit", "run", "dashboard.py", "--server.headless=true", f"--server.port={port}", *flags]
    env = {"IMPACT_CACHE": str(folder / "cache"), **env}
    with started(*command, answers=f"{address}/health", log=folder / "log.txt", **env):
        yield address


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The app as the public sees it: no provider of identities, no operator."""
    with served(tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="module")
def chromium():
    """Start one browser for all tests of a file; it must end with them, since it keeps an event loop running."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """One browser window: opens pages of the app, and remembers errors and requests to other hosts."""

    def __init__(self, chromium, server, *, dark=False, lang="it", width=1440):
        self.server = server
        self.context = chromium.new_context(
            viewport={"width": width, "height": 1000},
            locale="it-IT" if lang == "it" else "en-GB",
            color_scheme="dark" if dark else "light",
        )
        self.page = self.context.new_page()
        self.errors, self.outside = [], []
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._note)

    def _note(self, request):
        if (
            urlparse(request.url).scheme in ("http", "https", "ws", "wss")
            and urlparse(request.url).netloc != urlparse(self.server).netloc
        ):
            self.outside.append(request.url)

    def open(self, path=""):
        self.page.goto(f"{self.server}/{path}")
        self.settled()
        return self.page

    def settled(self):
        """Wait until the script has ended and nothing moves."""
        self.page.wait_for_selector("h1.title", timeout=30_000)
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=30_000)
        self.page.wait_for_timeout(500)


@pytest.fixture
def visit(chromium, server):
    """Return a way to open windows; each is closed at the end."""
    opened = []

    def start(**how):
        opened.append(Visit(chromium, server, **how))
        return opened[-1]

    yield start
    for window in opened:
        window.context.close()


@pytest.fixture(scope="module")
def kept(chromium, server):
    """Return a way to windows that stay open for all tests of a file: they hold the app's code, and load it once."""
    opened: dict[tuple[tuple[str, object], ...], Visit] = {}

    def window(**how):
        known = tuple(how.items())
        if known not in opened:
            opened[known] = Visit(chromium, server, **how)
        opened[known].errors.clear()
        opened[known].outside.clear()
        return opened[known]

    yield window
    for one in opened.values():
        one.context.close()


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            with urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)
