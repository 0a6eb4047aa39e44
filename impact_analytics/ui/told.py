"""What sources say in their own words, and what none of them says: the same on every page that draws it."""

from typing import Any

import streamlit as st

from impact_analytics.frames import records
from impact_analytics.queries import progress
from impact_analytics.ui import markup, page
from impact_analytics.ui.page import View


def draw_statements(view: View) -> None:
    """Draw what sources said of progress, newest first."""
    found = progress.statements(view.asked, view.lang)
    page.heading(view.app("statements.title"))
    if found.empty:
        page.paragraph(view.app("statements.none"))
        return
    st.html("".join(_quote(view, row) for row in records(found)))


def draw_gaps(view: View, slug: str) -> None:
    """Draw what a reader of a page would ask and no source answers."""
    found = progress.gaps(view.asked, view.lang, slug)
    if found.empty:
        return
    page.heading(view.app("statements.gaps"), view.app("statements.gaps_lead"))
    page.bullets([f"<b>{markup.escape(row['title'])}</b>{page.quietly(row['reason'])}" for row in records(found)])


def _quote(view: View, row: dict[str, Any]) -> str:
    meaning = markup.escape(view.app("statements.meaning", meaning=row["meaning"]))
    source = markup.anchor(row["url"], row["source"], outside=True) if row["url"] else markup.escape(row["source"])
    about = markup.escape(f"{row['line'] or view.app('statements.all')} · {row['day']}")
    quote = f'<span lang="{markup.escape(row["quote_lang"])}">«{markup.escape(row["quote"])}»</span>'
    return f'<blockquote class="quote">{quote}<cite>{meaning}<br>{about} · {source}</cite></blockquote>'
