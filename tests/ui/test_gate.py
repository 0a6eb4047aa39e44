"""The gate: nothing but an operator's bounded upload is ever written, and no body is read to find that out."""

import asyncio
from dataclasses import dataclass, field

import pytest
import streamlit as st

from impact_analytics.ui import gate, operators
from impact_analytics.ui.gate import Admission, Gate, refusal
from impact_analytics.ui.operators import Visitor

UPLOAD = "/_stcore/upload_file/session-1/file-1"
ROUTES = [
    "/",
    "/health",
    "/supply",
    "/auth/login",
    "/oauth2callback",
    "/app/static/app.css",
    "/media/abc",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/agent/interact",
    "/_stcore/agent/mcp",
    "/_stcore/upload_file",
    "/_stcore/upload_file/session-1",
    "/_stcore/upload_file/session-1/a/b",
    "//_stcore/upload_file/session-1/file-1",
    "/_stcore//upload_file/session-1/file-1",
    "/_stcore/upload_file/session-1/",
]


def scope(method, path=UPLOAD, *, address="127.0.0.1", **headers):
    sent = {
        "host": "localhost:8501",
        "content-length": "10",
        **{name.replace("_", "-"): v for name, v in headers.items()},
    }
    return {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in sent.items() if value is not None],
        "client": (address, 50000),
    }


@dataclass
class Live:
    """Streamlit's runtime as far as the gate asks it."""

    sessions: set = field(default_factory=lambda: {"session-1"})

    def is_active_session(self, session):
        return session in self.sessions


@pytest.fixture
def live(monkeypatch):
    """A runtime with one session, which belongs to whoever sits at the machine."""
    found = Live()
    monkeypatch.setattr(gate.runtime, "exists", lambda: True)
    monkeypatch.setattr(gate.runtime, "get_instance", lambda: found)
    monkeypatch.setattr(gate, "_admissions", {"session-1": Admission(Visitor(address="127.0.0.1"), "impact")})
    monkeypatch.setenv("IMPACT_OPERATOR", "local")
    before = st.get_option("server.address")
    st.config.set_option("server.address", "127.0.0.1")
    yield found
    st.config.set_option("server.address", before)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_operators_session_may_upload(live, method):
    assert refusal(scope(method)) == 0


@pytest.mark.parametrize("method", ["POST", "PATCH", "PROPFIND", "TRACE", "CONNECT", "put"])
def test_no_other_way_of_writing_passes(live, method):
    assert refusal(scope(method)) == 405


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PATCH"])
@pytest.mark.parametrize("path", ROUTES)
def test_nothing_else_is_written_to(live, path, method):
    assert refusal(scope(method, path)) == 405


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", [UPLOAD, *ROUTES])
def test_reading_passes(live, path, method):
    assert refusal(scope(method, path)) == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
class TestRefused:
    def test_a_session_that_is_no_operators(self, live, method):
        live.sessions.add("session-2")
        assert refusal(scope(method, "/_stcore/upload_file/session-2/file-1")) == 403

    def test_a_session_that_has_ended(self, live, method):
        live.sessions.clear()
        assert refusal(scope(method)) == 403

    def test_before_there_is_a_runtime(self, live, method, monkeypatch):
        monkeypatch.setattr(gate.runtime, "exists", lambda: False)
        assert refusal(scope(method)) == 403

    def test_another_machine_with_the_operators_session(self, live, method):
        assert refusal(scope(method, address="10.0.0.9")) == 403
        assert refusal(scope(method) | {"client": None}) == 403

    def test_a_proxy_with_the_operators_session(self, live, method):
        assert refusal(scope(method, x_forwarded_for="127.0.0.1")) == 403
        assert refusal(scope(method, host="dashboard.example.org")) == 403

    def test_who_was_an_operator_and_is_none_any_more(self, live, method, monkeypatch):
        monkeypatch.delenv("IMPACT_OPERATOR")
        assert refusal(scope(method)) == 403

    def test_when_no_session_was_ever_admitted(self, live, method, monkeypatch):
        monkeypatch.setattr(gate, "_admissions", {})
        assert refusal(scope(method)) == 403


def test_a_signed_in_operator_may_come_through_a_proxy(live, monkeypatch):
    claims = {"is_logged_in": True}
    monkeypatch.delenv("IMPACT_OPERATOR")
    monkeypatch.setattr(operators, "listed", lambda known, programme, now: "anna" if known == claims else "")
    gate._admissions["session-1"] = Admission(Visitor(claims=claims), "impact")
    assert refusal(scope("PUT", address="10.0.0.9", x_forwarded_for="1.2.3.4", host="dashboard.example.org")) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_length": "0"}, 0),
        ({"content_length": str(50 * 1024 * 1024)}, 0),
        ({"content_length": str(50 * 1024 * 1024 + 1)}, 413),
        ({"content_length": "9" * 40}, 413),
        ({"content_length": None}, 411),
        ({"content_length": None, "transfer_encoding": "chunked"}, 411),
        ({"transfer_encoding": "chunked"}, 411),
        ({"content_length": "-1"}, 411),
        ({"content_length": "ten"}, 411),
    ],
    ids=str,
)
def test_a_body_says_how_long_it_is_and_stays_within_the_bound(live, headers, status):
    assert st.get_option("server.maxUploadSize") == 50
    assert refusal(scope("PUT", **headers)) == status


def answers(asked):
    """Pass a request to an app that reads the body, behind the gate; return the status, and how often it was read."""
    sent, read = [], []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": b"x", "more_body": False}

    async def send(message):
        sent.append(message)

    async def app(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 204, "headers": []})

    asyncio.run(Gate(app)(asked, receive, send))
    return sent[0]["status"], len(read)


def test_a_refusal_reads_nothing_of_the_body(live):
    assert answers(scope("PUT")) == (204, 1)
    live.sessions.clear()
    assert answers(scope("PUT")) == (403, 0)
    assert answers(scope("POST", "/")) == (405, 0)


def test_other_kinds_of_traffic_pass(live):
    passed = []

    async def app(scope, receive, send):
        passed.append(scope["type"])

    for kind in ("websocket", "lifespan"):
        asyncio.run(Gate(app)({"type": kind}, None, None))
    assert passed == ["websocket", "lifespan"]
