"""What may be written to the server: an operator's upload, and nothing else."""

import re
from dataclasses import dataclass, replace

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from impact_analytics.ui import operators
from impact_analytics.ui.operators import Visitor

UPLOAD = re.compile("/_stcore/upload_file/([^/]+)/[^/]+")
READING = ("GET", "HEAD", "OPTIONS")
WRITING = ("PUT", "DELETE")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Admission:
    """Whom a session was drawn for when it last ran, and the programme it may hand data in to."""

    visitor: Visitor
    programme: str


_admissions: dict[str, Admission] = {}


def judge(programme: str) -> bool:
    """Say whether the running session may hand in data to a programme, and hold its uploads to that."""
    context = get_script_run_ctx()
    visitor = operators.visitor()
    if context is None or not operators.named(visitor, programme):
        _admissions.pop(context.session_id if context else "", None)
        return False
    for ended in [session for session in _admissions if not _is_active(session)]:
        _admissions.pop(ended, None)
    _admissions[context.session_id] = Admission(visitor, programme)
    return True


def may_upload(session: str, scope: Scope) -> bool:
    """Say whether a request may add to a session's files: as its visitor, and from where the request comes."""
    held = _admissions.get(session)
    if held is None or not _is_active(session):
        return False
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    asking = replace(held.visitor, headers=headers, address=(scope.get("client") or ("",))[0])
    return bool(operators.named(asking, held.programme))


def _is_active(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


class Gate:
    """Refuse what would write, before a byte of its body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a refusal."""
        status = refusal(scope) if scope["type"] == "http" else 0
        if not status:
            await self.app(scope, receive, send)
            return
        allow = {"Allow": ", ".join(READING)} if status == 405 else {}
        await Response(status_code=status, headers=allow)(scope, receive, send)


def refusal(scope: Scope) -> int:
    """Return the status that refuses a request, 0 where it may pass."""
    method = scope["method"]
    if method in READING:
        return 0
    upload = UPLOAD.fullmatch(scope["path"])
    if upload is None or method not in WRITING:
        return 405
    if not may_upload(upload[1], scope):
        return 403
    return _oversize(Headers(scope=scope)) if method == "PUT" else 0


def _oversize(headers: Headers) -> int:
    """Return 413 for a body above the bound, 411 for one that does not say how long it is, else 0."""
    said = headers.get("content-length", "")
    if not said.isdecimal() or "transfer-encoding" in headers:
        return 411
    most = int(st.get_option("server.maxUploadSize")) * MEGABYTE
    return 413 if int(said) > most else 0
