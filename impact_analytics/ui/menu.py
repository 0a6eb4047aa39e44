"""The window's frame: settings, sidebar, menu, and the page inside it."""

from itertools import groupby

import streamlit as st

from impact_analytics.filters import Choice, Filters, to_pairs
from impact_analytics.formats import short_day
from impact_analytics.i18n import text, texts
from impact_analytics.queries import names
from impact_analytics.semantics import dimensions
from impact_analytics.settings import STATIC, data_folder
from impact_analytics.store import Snapshot
from impact_analytics.ui import gate, reader, signin
from impact_analytics.ui.page import refuse
from impact_analytics.ui.spec import PageSpec, pages

LANGUAGE_NAMES = {"it": "Italiano", "en": "English"}


def run() -> None:
    """Draw the frame and run the page that was asked for."""
    st.set_page_config(page_title="IMPACT Analytics", page_icon=str(STATIC / "favicon.svg"), layout="wide")
    operator = bool(reader.programmes()) and gate.judge(reader.programme())
    offered = [spec for spec in pages().values() if operator or not spec.operators]
    known = {spec.slug: _page(spec, default=position == 0) for position, spec in enumerate(offered)}
    page = st.navigation([*known.values(), *_refused(operator=operator)], position="hidden")
    if not reader.programmes():
        st.error(text("app", "no_programme", reader.language(), folder=data_folder()))
        return
    spec = next((spec for spec in offered if known[spec.slug] is page), None)
    snapshot, filters, choices = reader.read(spec)
    with st.sidebar:
        lang = str(st.session_state.lang)
        _menu(known, filters, choices, lang)
        _filters(snapshot, filters, lang)
        signin.draw(lang)
    reader.write(reader.from_widgets(choices), choices)
    page.run()


def _page(spec: PageSpec, *, default: bool) -> "st.Page":
    title = spec.words(str(st.session_state.get("lang") or reader.language()))["menu"]
    return st.Page(spec.script, title=title, url_path="" if default else spec.slug, default=default)


def _refused(*, operator: bool) -> list["st.Page"]:
    """Return what answers at the addresses of pages for operators where a visitor could still sign in as one."""
    if operator or not signin.is_offered():
        return []
    kept = [spec for spec in pages().values() if spec.operators]
    return [st.Page(refuse, title=spec.words(reader.language())["menu"], url_path=spec.slug) for spec in kept]


def _menu(known: dict[str, "st.Page"], filters: Filters, choices: tuple[Choice, ...], lang: str) -> None:
    pairs = [pair for pair in to_pairs(filters, choices) if pair[0] in _common_ids()]
    sections = texts("app", lang)["sections"]
    offered = sorted((pages()[slug] for slug in known), key=lambda spec: list(sections).index(spec.section))
    for section, specs in groupby(offered, lambda spec: spec.section):
        st.html(f'<p class="menu-heading">{sections[section]}</p>')
        for spec in specs:
            st.page_link(known[spec.slug], label=spec.words(lang)["menu"], query_params=pairs)


def _filters(snapshot: Snapshot, filters: Filters, lang: str) -> None:
    said = texts("app", lang)
    st.html(f'<p class="menu-heading">{said["filters"]}</p>')
    st.selectbox(
        said["programme"],
        reader.programmes(),
        key="programme",
        format_func=lambda id: reader.snapshot_of(id, "")[0].programme.name[lang],
        on_change=reader.changed_programme,
    )
    offered = reader.days_offered(snapshot, filters.day("as_of", snapshot.programme.default_as_of))
    st.selectbox(said["as_of"], offered, key="as_of", format_func=lambda day: short_day(day, "day", lang))
    for id, dimension in dimensions().items():
        if dimension.filter:
            known = names(snapshot, id, lang)
            st.multiselect(
                dimension.words(lang)["name"],
                list(known),
                key=id,
                format_func=known.__getitem__,
                placeholder=dimension.words(lang)["all"],
            )
    st.selectbox(said["lang"], list(LANGUAGE_NAMES), key="lang", format_func=LANGUAGE_NAMES.__getitem__)


def _common_ids() -> set[str]:
    return {
        "programme",
        "lang",
        "as_of",
        "snapshot",
        *(id for id, dimension in dimensions().items() if dimension.filter),
    }
