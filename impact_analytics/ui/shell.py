"""The server around the app: language and style of the shell, headers, health, shapes; and a warm start."""

import asyncio
import gc
import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

import impact_analytics
from impact_analytics.i18n import text
from impact_analytics.store import NoSnapshot, pinned
from impact_analytics.ui import reader
from impact_analytics.ui.gate import Gate
from impact_analytics.ui.signin import WayBack

BACKEND = "<script>window.__streamlit={...window.__streamlit,BACKEND_BASE_URL:location.origin}</script>"
STYLE = '<link rel="stylesheet" href="/app/static/app.css">'
CHUNKS = Path(st.__file__).parent / "static" / "static" / "js"
FIRST_NEEDED = (
    "Html.*.js",
    "Selectbox.*.js",
    "Multiselect.*.js",
)  # parts of Streamlit's page that every page of ours has
OTHER_FONT = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*>')  # Streamlit's own, which we do not use
COLLECT_EVERY = 1.0  # seconds
LOOK_AGAIN = 50  # full collections
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Build what is missing before the first visitor, and spare what lasts from the collector."""
    reader.programmes()
    reader.warm()
    _load_all()
    gc.callbacks.append(spare_survivors)
    config.set_option("runner.postScriptGC", value=False)
    collector = asyncio.create_task(_collect())
    yield {}
    collector.cancel()
    with suppress(asyncio.CancelledError):
        await collector
    gc.callbacks.remove(spare_survivors)


async def _collect() -> None:
    """Collect in full once a second while anything runs, where Streamlit would after every rerun of every reader."""
    while True:
        if gc.get_count()[1] or gc.get_count()[2]:
            gc.collect()
        await asyncio.sleep(COLLECT_EVERY)


_full_collections = count(1)


def spare_survivors(phase: str, info: dict[str, int]) -> None:
    """Set aside what has survived a full collection; every so often look at all of it again.

    A full collection takes 50 ms over everything that is remembered, of which next to nothing is garbage. What was set
    aside and died since is freed at the next look.
    """
    if info["generation"] < 2:
        return
    if phase == "stop":
        gc.freeze()
    elif next(_full_collections) % LOOK_AGAIN == 0:
        gc.unfreeze()


def _load_all() -> None:
    """Import what pages import, so that the collector need not look at it after every rerun."""
    for module in pkgutil.walk_packages(impact_analytics.__path__, "impact_analytics."):
        if not module.name.endswith("__main__") and module.name != "impact_analytics.ui.frame":
            importlib.import_module(module.name)


def routes() -> Sequence[BaseRoute]:
    """Return the addresses beside the app: a health probe and the shapes of a programme."""
    return [Route("/health", _health), Route("/areas/{programme}-{id}.geojson", _areas)]


def middleware() -> Sequence[Middleware]:
    """Return what every response passes through."""
    return [Middleware(Shell), Middleware(Gate), Middleware(WayBack)]


def explain(_error: Exception) -> bool:
    """Say that a page failed, in the reader's language; the error itself stands in the server's log."""
    st.html(f'<p class="rejected" role="alert">{text("app", "error", str(st.session_state.get("lang", "en")))}</p>')
    return True


async def _health(_request: Request) -> JSONResponse:
    return JSONResponse({"programmes": {id: reader.snapshot_of(id, "")[0].id for id in reader.programmes()}})


async def _areas(request: Request) -> Response:
    try:
        shapes = pinned(request.path_params["programme"], request.path_params["id"]).note("shapes")
    except NoSnapshot:
        shapes = ""
    if not shapes:
        return Response(status_code=404)
    return Response(
        shapes, media_type="application/geo+json", headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )


class Shell:
    """Set the language of the shell, load our style with it, and send the usual headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its page rewritten."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.app(_uncompressed(scope), receive, _Rewriter(scope, send))


def _uncompressed(scope: Scope) -> Scope:
    """Ask for a page whole, as it stands: one that is compressed or not sent again cannot be rewritten."""
    headers = dict(scope["headers"])
    if b"text/html" not in headers.get(b"accept", b""):
        return scope
    kept = [
        pair for pair in scope["headers"] if pair[0] not in (b"accept-encoding", b"if-none-match", b"if-modified-since")
    ]
    return {**scope, "headers": kept}


class _Rewriter:
    """Hold back an HTML response until it is whole; pass all others as they come."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.send = scope, send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                self.start = message
                return
        elif self.start is not None:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page()
            return
        await self.send(message)

    async def _send_page(self) -> None:
        page = shell(self.body.decode("utf-8"), self._language()).encode("utf-8")
        start, self.start = self.start, None
        if start is not None:
            headers = MutableHeaders(scope=start)
            headers["content-length"] = str(len(page))
            for name in ("etag", "last-modified"):
                del headers[name]
            await self.send(start)
            await self.send({"type": "http.response.body", "body": page})

    def _language(self) -> str:
        query = self.scope.get("query_string", b"").decode("latin-1")
        if wanted := re.search(r"(?:^|&)lang=(it|en)\b", query):
            return wanted[1]
        accepted = dict(self.scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        return "it" if accepted.lower().startswith("it") else "en"


def shell(page: str, lang: str) -> str:
    """Return Streamlit's page with the reader's language, our style, what is needed first, and where its server is."""
    page = re.sub(r'<html lang="[^"]*"', f'<html lang="{lang}"', OTHER_FONT.sub("", page), count=1)
    return page.replace("<head>", f"<head>{BACKEND}", 1).replace("</head>", f"{STYLE}{_early()}</head>", 1)


@cache
def _early() -> str:
    """Return the links by which a browser fetches at once what it would else learn of only after the first run."""
    found = [path.name for pattern in FIRST_NEEDED for path in sorted(CHUNKS.glob(pattern))]
    return "".join(f'<link rel="modulepreload" href="/static/js/{name}">' for name in found)
