"""The way back after signing in: to a page of ours with its choices, and nowhere else."""

import asyncio
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as some

from impact_analytics.ui.signin import COOKIE, WayBack, lawful
from impact_analytics.ui.spec import pages

SLUG = list(pages())[-1]


def led(path, location="/", **headers):
    """Return where a request to a path of Streamlit's own is led, and the cookies that are set."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 302, "headers": [(b"location", location.encode())]})

    sent = []

    async def send(message):
        sent.append(message)

    sent_headers = [(name.encode(), value.encode("latin-1")) for name, value in {"host": "h:1", **headers}.items()]
    asyncio.run(WayBack(app)({"type": "http", "path": path, "headers": sent_headers}, None, send))
    found = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    return dict(found)["location"], [value for name, value in found if name == "set-cookie"]


def test_the_page_before_signing_in_is_remembered_and_led_back_to():
    link = f"/{SLUG}?programme=one&territory=A&territory=B%2FC"
    location, cookies = led("/auth/login", "https://provider.example.org/", referer=f"http://h:1{link}")
    assert location == "https://provider.example.org/"
    assert "HttpOnly" in cookies[0]
    assert "SameSite=Lax" in cookies[0]
    location, cookies = led("/oauth2callback", cookie=cookies[0].partition(";")[0])
    assert location == link
    assert "Max-Age=0" in cookies[0]


def test_signing_out_without_the_provider_leads_back_at_once():
    assert led("/auth/logout", referer=f"http://h:1/{SLUG}")[0] == f"/{SLUG}"


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "http://other:1/",
        f"http://other:1/{SLUG}",
        "http://h:1/nowhere",
        "http://[",
        "http://h:1//other.example.org",
    ],
)
def test_a_page_of_somebody_elses_is_not_remembered(referer):
    assert led("/auth/logout", referer=referer)[0] == "/"


@pytest.mark.parametrize(
    "link",
    [
        "//evil.example.org",
        "https://evil.example.org",
        "/\\evil.example.org",
        "/nowhere",
        f"/{SLUG}/x",
        f"/{SLUG}?a=b\r\nSet-Cookie: c=d",
        f"/{SLUG}#x",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_forged_cookie_leads_nowhere_else(link):
    assert led("/oauth2callback", cookie=f"{COOKIE}={quote(link, safe='')}")[0] == "/"


@given(some.text("/\\?#&=.:% \r\nabehnopsx", max_size=60) | some.text("/?\r\n \\").map(f"/{SLUG}".__add__))
def test_whatever_a_link_says_it_stays_here(link):
    found = lawful(link)
    assert found in (link, "/")
    assert found[0] == "/"
    assert "//" not in found.partition("?")[0]
    assert not set(found) & set("\r\n\\ ")


def test_other_addresses_are_left_alone():
    location, cookies = led("/funding", location="/", cookie=f"{COOKIE}=%2F{SLUG}")
    assert location == "/"
    assert cookies == []
