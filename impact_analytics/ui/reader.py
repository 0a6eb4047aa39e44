"""What the reader asked for: link and widgets are two sides of the same choices."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from impact_analytics import build
from impact_analytics.filters import Choice, Filters, Rejected, from_pairs, to_pairs
from impact_analytics.i18n import LANGUAGES, text
from impact_analytics.queries import Asked, answer, ids, names, periods
from impact_analytics.semantics import dimensions, metrics
from impact_analytics.settings import cache_folder, data_folder
from impact_analytics.store import NoSnapshot, Snapshot, current, pinned
from impact_analytics.ui.spec import PageSpec

LINK = "_link"
FRESH = "_fresh"  # whether this run has read its link
REJECTED = "_rejected"


def programmes() -> tuple[str, ...]:
    """Return the ids of the programmes that can be shown, built on first need."""
    return _built(data_folder(), cache_folder())


@cache
def _built(_data: Path, _cache: Path) -> tuple[str, ...]:
    return tuple(build.snapshots())


def language() -> str:
    """Return the reader's language: an Italian browser gets Italian, any other English."""
    return "it" if (st.context.locale or "").lower().startswith("it") else "en"


def snapshot_of(programme: str, pin: str) -> tuple[Snapshot, list[Rejected]]:
    """Return the snapshot of a programme, an earlier one where the link pins it and it is still kept."""
    if pin:
        try:
            return pinned(programme, pin), []
        except NoSnapshot:
            return current(programme), [Rejected("snapshot", pin, "gone")]
    return current(programme), []


@lru_cache(maxsize=64)
def choices(snapshot: Snapshot, lang: str) -> tuple[Choice, ...]:
    """Return the choices of every page, in the order in which a link names them."""
    filters = [
        Choice(id, "many", options=tuple(names(snapshot, id, lang)))
        for id, dimension in dimensions().items()
        if dimension.filter
    ]
    return (
        Choice("programme", "one", programmes()[0], programmes()),
        Choice("lang", "one", lang, LANGUAGES),
        Choice("as_of", "day", snapshot.programme.default_as_of.isoformat()),
        *filters,
        Choice("snapshot", "text"),
    )


@lru_cache(maxsize=256)
def page_choices(spec: PageSpec | None, snapshot: Snapshot) -> tuple[Choice, ...]:
    """Return a page's own choices, their options taken from the data where its file says so."""
    if spec is None:
        return ()
    return tuple(
        replace(choice, options=tuple(ids(snapshot, spec.options_from[choice.id])))
        if choice.id in spec.options_from
        else choice
        for choice in spec.choices
    )


def read(spec: PageSpec | None) -> tuple[Snapshot, Filters, tuple[Choice, ...]]:
    """Bring link and widgets together: a link that changed overrules the widgets; return what is asked for."""
    pairs, changed = _link()
    programme = _programme(pairs, changed=changed)
    pin = dict(pairs).get("snapshot", "") if changed else str(st.session_state.get("snapshot") or "")
    snapshot, gone = snapshot_of(programme, pin)
    known = choices(snapshot, language()) + page_choices(spec, snapshot)
    st.session_state[FRESH] = changed
    if changed:
        filters, rejected = from_pairs([pair for pair in pairs if not gone or pair[0] != "snapshot"], known)
        st.session_state[REJECTED] = rejected + gone
        st.session_state[LINK] = urlencode(pairs)
        _into_widgets(filters, known)
    return snapshot, from_widgets(known), known


def from_widgets(known: Iterable[Choice]) -> Filters:
    """Return the choices that the widgets hold."""
    filters = Filters()
    for choice in known:
        held = st.session_state.get(choice.id)
        values = [str(value) for value in held] if isinstance(held, (list, tuple)) else [str(held)] if held else []
        allowed = [value for value in values if choice.options is None or value in choice.options]
        filters = filters.having(choice.id, [value for value in allowed if value != choice.default])
    return filters


def write(filters: Filters, known: Iterable[Choice]) -> None:
    """Put the choices into the address, so that it can be copied; what was wrong with an earlier link is forgotten."""
    pairs = to_pairs(filters, tuple(known))
    if urlencode(pairs) != st.session_state.get(LINK):
        if not st.session_state.get(FRESH):
            st.session_state[REJECTED] = []
        st.query_params.from_dict(_grouped(pairs))
        st.session_state[LINK] = urlencode(pairs)


def rejected(lang: str) -> list[str]:
    """Say what of the link could not be used."""
    return [
        text("app", f"rejected_{one.reason}", lang, name=one.name, value=one.value[:60])
        for one in st.session_state.get(REJECTED, ())
    ]


def changed_programme() -> None:
    """Forget the choices of another programme."""
    for choice in [name for name in st.session_state if name not in ("programme", "lang", LINK)]:
        st.session_state.pop(choice)
    st.session_state[REJECTED] = []


def cleared() -> None:
    """Forget what narrows the view."""
    for id, dimension in dimensions().items():
        if dimension.filter:
            st.session_state[id] = []
    st.session_state[REJECTED] = []


def days_offered(snapshot: Snapshot, chosen: date) -> list[str]:
    """Return the days of the as-of list: ends of periods, the programme's own day, and any day chosen."""
    return sorted({*(day.isoformat() for day in periods(snapshot)), chosen.isoformat()}, reverse=True)


def programme() -> str:
    """Return the id of the programme that is asked for."""
    pairs, changed = _link()
    return _programme(pairs, changed=changed)


def _link() -> tuple[list[tuple[str, str]], bool]:
    """Return what the link says, and whether it is another than the one last read or written."""
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    return pairs, urlencode(pairs) != st.session_state.get(LINK)


def _programme(pairs: list[tuple[str, str]], *, changed: bool) -> str:
    wanted = dict(pairs).get("programme") if changed else st.session_state.get("programme")
    return wanted if wanted in programmes() else programmes()[0]


def _into_widgets(filters: Filters, known: Iterable[Choice]) -> None:
    for choice in known:
        held = filters.all(choice.id)
        st.session_state[choice.id] = list(held) if choice.kind == "many" else (held[0] if held else choice.default)


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def warm() -> None:
    """Read once what every page needs."""
    for programme in programmes():
        snapshot = current(programme)
        for lang in LANGUAGES:
            choices(snapshot, lang)
        whole = Asked(snapshot, snapshot.programme.default_as_of)
        for split in ((), ("territory",)):
            answer(whole, tuple(metrics()), split)
