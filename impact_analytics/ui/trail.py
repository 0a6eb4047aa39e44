"""The way down to a document, stop by stop: programme, line of action, project, sheet or request, document."""

from collections.abc import Sequence

import streamlit as st

from impact_analytics.ui import markup
from impact_analytics.ui.page import View

HOME, LINE, PROJECT = "overview", "progress", "project"
Stop = tuple[str, str]  # words, address; blank for the last


def draw(view: View, project: str = "", *further: Stop, document: Stop | None = None) -> None:
    """Draw the stops above what is shown: those every page shares, a page's own, and the document behind it."""
    stops = [*_shared(view, project), *further]
    items = "".join(f"<li>{_stop(*stop, last=place == len(stops))}</li>" for place, stop in enumerate(stops, 1))
    items += f"<li>{_stop(*document, last=False)}</li>" if document else ""
    st.html(f'<nav class="trail" aria-label="{markup.escape(view.app("trail"))}"><ol>{items}</ol></nav>')


def _shared(view: View, project: str) -> Sequence[Stop]:
    stops = [(view.programme.name[view.lang], view.link(HOME))]
    lines = view.asked.chosen.get("action_line", ())
    if len(lines) == 1:
        stops.append((view.names("action_line")[lines[0]], view.link(LINE)))
    if project:
        stops.append((view.names("project")[project], view.link(PROJECT, project=project)))
    return stops


def _stop(words: str, address: str, *, last: bool) -> str:
    if last:
        return f'<span aria-current="page">{markup.escape(words)}</span>'
    outside = address.startswith("http")
    return markup.anchor(address, words, outside=outside) if address else markup.escape(words)
