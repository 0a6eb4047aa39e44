"""Who may hand in data: an operator of a programme, judged here and never by the browser."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from impact_analytics.programme import FILE, ProgrammeError, folders, parse
from impact_analytics.settings import data_folder, operator

LOCAL = "local"
SUBJECT = "sub:"
SHIFT = timedelta(hours=12)  # Streamlit keeps an identity for thirty days; who writes signs in every day
AHEAD = timedelta(minutes=5)  # clocks differ
FORWARDING = ("forwarded", "x-forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting", "via")


@dataclass(frozen=True)
class Visitor:
    """Who asks: what the identity token says of them, the headers they sent, and the address they sent them from."""

    claims: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    address: str = ""

    def header(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for known, value in self.headers if known.lower() == name]


def who(programme: str) -> str:
    """Return the name under which the running session may hand in data, blank where it may not."""
    return named(visitor(), programme)


def visitor() -> Visitor:
    """Return whom the running script is drawn for."""
    context = get_script_run_ctx()
    client = runtime.get_instance().get_client(context.session_id) if context and runtime.exists() else None
    known = client.client_context if client else None
    if known is None:
        return Visitor()
    return Visitor(st.user.to_dict(), tuple(known.headers), str(known.remote_ip or ""))


def named(visitor: Visitor, programme: str) -> str:
    """Return the name under which a visitor may hand in data to a programme, blank where they may not."""
    if is_local(visitor):
        return LOCAL
    return listed(visitor.claims, programme, datetime.now(UTC))


def listed(claims: Mapping[str, Any], programme: str, now: datetime) -> str:
    """Return how the programme's file names somebody who has signed in, blank where it does not."""
    if claims.get("is_logged_in") is not True or not _recent(claims.get("iat"), now):
        return ""
    address, subject = claims.get("email"), claims.get("sub")
    verified = _folded(address) if isinstance(address, str) and claims.get("email_verified") is True else ""
    for entry in _operators(programme):
        if entry.startswith(SUBJECT):
            if subject and entry == f"{SUBJECT}{subject}":
                return entry
        elif verified and _folded(entry) == verified:
            return verified
    return ""


def is_local(visitor: Visitor) -> bool:
    """Say whether a visitor sits at the machine itself and that is enough: nothing may stand in between."""
    hosts, origins = visitor.header("host"), visitor.header("origin")
    return (
        operator() == LOCAL
        and _is_loopback(str(st.get_option("server.address") or ""))
        and _is_loopback(visitor.address)
        and len(hosts) == 1
        and all(_is_loopback(_host(f"//{host}")) for host in hosts)
        and all(_is_loopback(_host(origin)) for origin in origins)
        and not any(name.lower().startswith(FORWARDING) for name, _ in visitor.headers)
    )


def _operators(programme: str) -> tuple[str, ...]:
    """Return whom the programme's file names as it stands now: a snapshot, or one that a link pins, may be older."""
    folder = folders(data_folder()).get(programme)
    try:
        return parse((folder / FILE).read_text(encoding="utf-8"), programme).operators if folder else ()
    except (OSError, UnicodeDecodeError, ProgrammeError):
        return ()


def _recent(issued: object, now: datetime) -> bool:
    if isinstance(issued, bool) or not isinstance(issued, (int, float)):
        return False
    age = now.timestamp() - issued
    return -AHEAD.total_seconds() <= age < SHIFT.total_seconds()


def _folded(address: str) -> str:
    """Return an address for comparing; beyond ASCII other letters fold onto these (the Kelvin sign onto k)."""
    return address.lower() if address.isascii() else address


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
