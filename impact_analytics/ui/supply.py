"""What the upload page asks of the ingest; each act asks anew who acts."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from impact_analytics import ingest, supplied
from impact_analytics.i18n import TextError
from impact_analytics.ingest import Details, Draft, Handed, Preview
from impact_analytics.problems import Problem, Refused, errors
from impact_analytics.programme import folders
from impact_analytics.settings import data_folder
from impact_analytics.supplied import Entry, SuppliedError
from impact_analytics.ui import markup, operators
from impact_analytics.ui.page import View

# What the page takes from here although it is made elsewhere.
__all__ = ["Draft", "Entry", "Preview", "Problem"]

WORDS = ("files_button", "files_hint", "files_drop", "files_refused")
CHECKED = "_supply_checked"
TOLD = "_supply_told"
REFUSALS_SHOWN = 3
ROUND = "_supply_round"  # a new round is a new, empty uploader


@dataclass(frozen=True)
class Asked:
    """What was handed in, as far as a dry run depends on it."""

    programme: str
    hashes: tuple[tuple[str, str], ...]
    received_on: date
    protocol: str


@dataclass(frozen=True)
class Told:
    """What an act has led to: a sentence of the page with the numbers of its entries, or a refusal in words."""

    key: str = ""
    numbers: tuple[int, ...] = ()
    refused: str = ""


def uploader(view: View) -> list[Handed]:
    """Draw the box that takes files; return what it holds."""
    held = st.file_uploader(
        view.say("files"),
        accept_multiple_files=True,
        key=f"supply_files_{st.session_state.get(ROUND, 0)}",
        help=view.say("files_help", megabytes=st.get_option("server.maxUploadSize")),
    )
    return [Handed(file.name, file.getvalue()) for file in held]


def draw_words(view: View) -> None:
    """Put our words where the uploader has English ones of its own; app.css shows them."""
    words = "".join(
        f"--ia-{name.replace('_', '-')}:{json.dumps(view.say(name), ensure_ascii=False)};" for name in WORDS
    )
    st.html(f"<style>:root{{{words}}}</style>")


def asked(view: View, handed: Sequence[Handed], received_on: date, protocol: str) -> Asked:
    """Describe what is handed in."""
    hashes = tuple((file.name, hashlib.sha256(file.content).hexdigest()) for file in handed)
    return Asked(view.programme.id, hashes, received_on, protocol.strip())


def check(view: View, asked: Asked, handed: Sequence[Handed]) -> None:
    """Make the dry run and remember it until something else is handed in."""
    st.session_state.pop(TOLD, None)
    mapping = next((one for one in handed if one.suffix == ".toml"), None)
    details = Details(asked.received_on, asked.protocol, mapping)
    rest = [one for one in handed if one is not mapping]
    _act(view, lambda folder, _who: _remember(asked, ingest.preview(folder, rest, details)))


def checked(asked: Asked) -> Preview | None:
    """Return the dry run of what is handed in, where there was one."""
    held: tuple[Asked, Preview] | None = st.session_state.get(CHECKED)
    return held[1] if held and held[0] == asked else None


def accept(view: View, preview: Preview) -> None:
    """Accept what was checked; tell what came of it."""
    if _act(view, lambda folder, who: _tell("accepted", ingest.accept(folder, preview, who))):
        st.session_state.pop(CHECKED, None)
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def withdraw(view: View, number: int, reason: str) -> None:
    """Withdraw an acceptance; tell what came of it."""
    _act(view, lambda folder, who: _tell("withdrawn", [ingest.withdraw(folder, number, reason, who)]))


def told() -> Told | None:
    """Return what the last act has led to."""
    found: Told | None = st.session_state.get(TOLD)
    return found


def log(view: View) -> list[Entry]:
    """Return the log of the programme, newest first; nothing of one that is damaged, which is told."""
    try:
        return supplied.entries(_folder(view))[::-1]
    except SuppliedError as error:
        st.html(f'<p class="rejected" role="alert">{markup.escape(error.sentence(view.lang))}</p>')
        return []


def _remember(asked: Asked, preview: Preview) -> None:
    st.session_state[CHECKED] = (asked, preview)


def _tell(key: str, entries: Sequence[Entry]) -> None:
    st.session_state[TOLD] = Told(key, tuple(entry.number for entry in entries))


def _act(view: View, act: Callable[[Path, str], None]) -> bool:
    """Do what an operator asks for; refuse everybody else in a sentence, whatever the page has shown."""
    who = operators.who(view.programme.id)
    if not who:
        st.session_state[TOLD] = Told(refused=view.app("operators_only"))
        return False
    try:
        act(_folder(view), who)
    except TextError as error:
        st.session_state[TOLD] = Told(refused=error.sentence(view.lang))
        return False
    except OSError as error:
        st.session_state[TOLD] = Told(refused=view.app("disk", reason=error.strerror or error))
        return False
    except Refused as refused:
        st.session_state[TOLD] = Told(refused=_why(refused, view.lang))
        return False
    return True


def _why(refused: Refused, lang: str) -> str:
    """Say the first errors of what was refused."""
    found = errors(refused.problems)
    return " ".join(problem.sentence(lang) for problem in found[:REFUSALS_SHOWN])


def _folder(view: View) -> Path:
    return folders(data_folder())[view.programme.id]
