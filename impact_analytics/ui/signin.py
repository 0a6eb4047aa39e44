"""Signing in and out, where a provider of identities is set up; and the way back to the page one came from."""

import re
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote, urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from impact_analytics.i18n import text
from impact_analytics.ui.markup import escape
from impact_analytics.ui.spec import pages

LEAVING = ("/auth/login", "/auth/logout")
COMING_BACK = "/oauth2callback"
COOKIE = "impact_back"
MINUTES = 15


def is_offered() -> bool:
    """Say whether a provider of identities is set up."""
    return "is_logged_in" in st.user


def draw(lang: str) -> None:
    """Draw the button to sign in, or who has signed in and the button to sign out."""
    if not is_offered() or not st.user["is_logged_in"]:
        draw_in(lang, "_sign_in")
        return
    who = st.user.get("email") or st.user.get("name") or st.user.get("sub") or ""
    st.html(f'<p class="signed-in">{escape(text("app", "signed_in", lang, who=who))}</p>')
    st.button(text("app", "sign_out", lang), key="_sign_out", on_click=st.logout)


def draw_in(lang: str, key: str) -> None:
    """Draw the button to sign in, where that is possible and was not done."""
    if is_offered() and not st.user["is_logged_in"]:
        st.button(text("app", "sign_in", lang), key=key, on_click=st.login)


class WayBack:
    """Lead whoever signs in or out back to their link: Streamlit itself leads to the first page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; remember the page before it, or lead back there."""
        if scope["type"] != "http" or scope["path"] not in (*LEAVING, COMING_BACK):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        leaving = scope["path"] in LEAVING
        page = came_from(headers) if leaving else remembered(headers)

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                _lead(MutableHeaders(scope=message), page, keep=leaving)
            await send(message)

        await self.app(scope, receive, answered)


def _lead(headers: MutableHeaders, page: str, *, keep: bool) -> None:
    if headers.get("location") == "/":
        headers["location"] = page
    age = MINUTES * 60 if keep else 0
    headers.append(
        "set-cookie",
        f"{COOKIE}={quote(page, safe='')}; Path={COMING_BACK}; Max-Age={age}; HttpOnly; SameSite=Lax",
    )


def came_from(headers: Headers) -> str:
    """Return the link of the page that a request comes from, `/` where it is none of ours."""
    try:
        before = urlsplit(headers.get("referer", ""))
    except ValueError:
        return "/"
    if before.netloc != headers.get("host"):
        return "/"
    return lawful(before.path + (f"?{before.query}" if before.query else ""))


def remembered(headers: Headers) -> str:
    """Return the link that the visitor's cookie holds, `/` where it is none of ours."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return "/"
    return lawful(unquote(cookies[COOKIE].value)) if COOKIE in cookies else "/"


def lawful(link: str) -> str:
    """Return a link to a page of ours unchanged, `/` for every other: nobody is led elsewhere."""
    found = re.fullmatch(r"/(\w*)(\?[!-\[\]-~]*)?", link, re.ASCII)
    return link if found and found[1] in ("", *pages()) else "/"
