"""Who is an operator: every way in needs everything it asks for, and nothing less opens it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some

from impact_analytics.ui import operators
from impact_analytics.ui.operators import SHIFT, Visitor, is_local, listed, named

NOW = datetime(2031, 5, 2, 9, tzinfo=UTC)
HERE = Visitor(headers=(("Host", "127.0.0.1:8501"), ("Origin", "http://127.0.0.1:8501")), address="127.0.0.1")
ANNA = {"is_logged_in": True, "iat": NOW.timestamp() - 60, "sub": "s-1", "email": "anna@office.org"}
ON_THE_LIST = {**ANNA, "email_verified": True}


@pytest.fixture
def folder(programme_folder, monkeypatch):
    """The data folder of a programme whose operators a test writes."""
    monkeypatch.setenv("IMPACT_DATA", str(programme_folder.path.parent))
    toml = programme_folder.path / "programme.toml"
    before = toml.read_text(encoding="utf-8")
    return lambda *names: toml.write_text(f"operators = {list(names)}\n{before}", encoding="utf-8")


@pytest.fixture
def local(monkeypatch):
    """A server on loopback whose operator sits at it."""
    monkeypatch.setenv("IMPACT_OPERATOR", "local")
    before = st.get_option("server.address")
    st.config.set_option("server.address", "127.0.0.1")
    yield
    st.config.set_option("server.address", before)


# ---------------------------------------------------------------- signed in


@pytest.mark.parametrize("entry", ["anna@office.org", "Anna@Office.ORG", "sub:s-1"])
def test_whom_the_file_names_is_an_operator(folder, entry):
    folder("other@office.org", entry)
    assert listed(ON_THE_LIST, "impact", NOW) == (entry if entry.startswith("sub:") else "anna@office.org")


def test_a_subject_needs_no_address(folder):
    folder("sub:s-1")
    assert listed({"is_logged_in": True, "iat": NOW.timestamp(), "sub": "s-1"}, "impact", NOW) == "sub:s-1"


@pytest.mark.parametrize(
    "changed",
    [
        {"is_logged_in": False},
        {"is_logged_in": "true"},
        {"is_logged_in": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": 1},
        {"email_verified": None},
        {"email": "anna@office.org.example.com"},
        {"email": "eve@office.org"},
        {"email": "anna@office.org "},
        {"email": None},
        {"iat": None},
        {"iat": True},
        {"iat": str(NOW.timestamp())},
        {"iat": (NOW - SHIFT).timestamp()},
        {"iat": (NOW + timedelta(hours=1)).timestamp()},
        {"iat": float("nan")},
    ],
    ids=str,
)
def test_nothing_may_be_missing(folder, changed):
    folder("anna@office.org")
    assert listed(ON_THE_LIST, "impact", NOW)
    assert listed({**ON_THE_LIST, **changed}, "impact", NOW) == ""


@pytest.mark.parametrize("subject", ["S-1", "s-10", "", None])
def test_a_subject_is_matched_to_the_letter(folder, subject):
    folder("sub:s-1", "sub:None")
    assert listed({**ANNA, "sub": subject}, "impact", NOW) == ""


def test_letters_that_fold_onto_others_are_others(folder):
    folder("kassia@office.org")
    assert listed({**ON_THE_LIST, "email": "Kassia@office.org"}, "impact", NOW) == "kassia@office.org"
    assert listed({**ON_THE_LIST, "email": "\u212aassia@office.org"}, "impact", NOW) == ""  # the Kelvin sign


def test_an_address_that_looks_like_a_subject_is_none(folder):
    folder("sub:root")
    assert listed({**ON_THE_LIST, "email": "sub:root"}, "impact", NOW) == ""


def test_an_operator_of_one_programme_is_none_of_another(folder):
    folder("anna@office.org")
    assert listed(ON_THE_LIST, "example", NOW) == ""


def test_the_file_counts_as_it_stands_now(folder):
    folder("anna@office.org")
    assert listed(ON_THE_LIST, "impact", NOW)
    folder("eve@office.org")
    assert not listed(ON_THE_LIST, "impact", NOW)


@pytest.mark.parametrize("broken", ["", "operators = [1]\n", "\xff"])
def test_a_file_that_cannot_be_read_names_nobody(programme_folder, monkeypatch, broken):
    monkeypatch.setenv("IMPACT_DATA", str(programme_folder.path.parent))
    (programme_folder.path / "programme.toml").write_bytes(broken.encode("latin-1"))
    assert listed(ON_THE_LIST, "impact", NOW) == ""


anything = some.none() | some.booleans() | some.text("as-1@.:", max_size=9)


@given(some.dictionaries(some.sampled_from([*ON_THE_LIST, "hd"]), anything))
def test_no_claims_make_an_operator_where_nobody_is_named(claims):
    assert listed(claims, "impact", NOW) == ""


# ---------------------------------------------------------------- at the machine itself


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "localhost", "[::1]:8501", "LOCALHOST:1"])
def test_who_sits_at_the_machine_is_an_operator(local, host, address):
    visitor = Visitor(headers=(("host", host),), address=address)
    assert is_local(visitor)
    assert named(visitor, "impact") == named(visitor, "example") == "local"


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("Host", "dashboard.example.org"),),
        (("Host", "127.0.0.1.example.org"),),
        (("Host", "localhost.example.org:8501"),),
        (("Host", "user@dashboard.example.org"),),
        (("Host", "localhost@dashboard.example.org"),),
        (("Host", "192.168.1.7"),),
        (("Host", "0.0.0.0:8501"),),
        (("Host", "["),),
        (("Host", ""),),
        (("Host", "localhost"), ("Host", "localhost")),
        (*HERE.headers, ("Host", "evil.example.org")),
        (("Host", "localhost"), ("Origin", "http://evil.example.org")),
        (("Host", "localhost"), ("Origin", "null")),
        *(
            (*HERE.headers, (name, "127.0.0.1"))
            for name in (
                "X-Forwarded-For",
                "x-forwarded-host",
                "X-FORWARDED-PROTO",
                "X-Forwarded",
                "Forwarded",
                "X-Real-IP",
                "X-Client-IP",
                "True-Client-IP",
                "CF-Connecting-IP",
                "Via",
            )
        ),
    ],
    ids=str,
)
def test_something_in_between_is_not_the_machine_itself(local, headers):
    assert is_local(HERE)
    assert not is_local(replace(HERE, headers=headers))


@pytest.mark.parametrize(
    "address", ["", "10.0.0.1", "192.168.1.7", "8.8.8.8", "localhost.example.org", "::", "fe80::1"]
)
def test_another_machine_is_not_this_one(local, address):
    assert not is_local(replace(HERE, address=address))


@pytest.mark.parametrize("bound", [None, "", "0.0.0.0", "::", "192.168.1.7", "dashboard.example.org"])
def test_a_server_that_others_can_reach_trusts_nobody_at_it(local, bound):
    st.config.set_option("server.address", bound)
    assert not is_local(HERE)


@pytest.mark.parametrize("said", [None, "", "yes", "1", "remote", "anna@office.org"])
def test_the_environment_has_to_say_so(local, monkeypatch, said):
    monkeypatch.delenv("IMPACT_OPERATOR") if said is None else monkeypatch.setenv("IMPACT_OPERATOR", said)
    assert not is_local(HERE)


@given(
    some.lists(
        some.tuples(
            some.sampled_from(["Host", "Origin", "Forwarded", "Cookie"]), some.text("localhst127.0:/@[]", max_size=30)
        )
    )
)
def test_without_the_switch_no_headers_help(headers):
    assert not is_local(Visitor(headers=tuple(headers), address="127.0.0.1"))


def test_nobody_is_there_outside_a_session():
    assert operators.visitor() == Visitor()
    assert operators.who("impact") == ""
