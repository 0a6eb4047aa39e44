from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import changes, sentences
from impact_analytics.queries.sentences import Report, Section, Sentence
from impact_analytics.ui import downloads, markup, page
from impact_analytics.ui.page import Column, View

SENTENCES_SHOWN = 8


# ---------------------------------------------------------------- above


def draw_tools(view: View, found: Report) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_since(view)
        if not found.nothing:
            draw_downloads(view, found)


def draw_since(view: View) -> None:
    chosen = [date.fromisoformat(view.chosen("since"))] if view.chosen("since") else []
    days = page.days_before(view, *chosen)
    page.choose(view, "since", days, view.say("since"), empty=view.say("year_before"), width=200)


def draw_swapped(view: View, since: date) -> None:
    if since > view.as_of:
        named = {
            "since": page.short_day(since, "day", view.lang),
            "as_of": page.short_day(view.as_of, "day", view.lang),
        }
        page.note(view, "swapped", **named)


# ---------------------------------------------------------------- headline figures


def draw_headlines(view: View, found: Report) -> None:
    page.heading(view.say("headlines_title"), page.subtitle(view, view.say("headlines_unit")))
    if not found.moved:
        page.paragraph(view.say("headlines_none"))
        return
    columns = [
        Column("metric", view.say("col_metric")),
        Column("before", found.days["since"], "right"),
        Column("after", found.days["as_of"], "right"),
        Column("difference", view.say("col_difference"), "right"),
        Column("basis", view.say("col_basis")),
    ]
    rows = [
        {
            "metric": page.metrics()[moved.metric].words(view.lang)["name"],
            "before": sentences.value_said(moved.before.value, moved.unit, view.lang, moved.before.basis),
            "after": sentences.value_said(moved.after.value, moved.unit, view.lang, moved.after.basis),
            "difference": sentences.difference_said(moved, view.lang) or "–",
            "basis": view.app(f"bases.{moved.basis}"),
        }
        for moved in found.moved
    ]
    frame = pd.DataFrame(rows, dtype=object)
    st.html(markup.table(frame, columns, caption=view.say("headlines_title"), classes="moved"))
    metrics = [moved.metric for moved in found.moved]
    page.foot(view, "headlines", title=view.say("headlines_title"), metrics=metrics, asked=found.asked)


def draw_not_split(view: View, found: Report) -> None:
    named = [page.metrics()[name].words(view.lang)["name"] for name in changes.not_split(found.asked)]
    if named:
        page.note(view, "not_split", names=", ".join(named))


# ---------------------------------------------------------------- sentences


def draw_sections(view: View, found: Report) -> None:
    page.heading(view.say("told_title"), view.say("told_unit"))
    if not found.sections:
        page.paragraph(view.say("told_none"))
        return
    day = found.asked.as_of.isoformat()
    st.html(f'<div class="told">{"".join(block(view, section, day) for section in found.sections)}</div>')
    tables = list(dict.fromkeys(table for section in found.sections for table in changes.TABLES[section.topic]))
    page.foot(view, "told", title=view.say("told_title"), sources=found.sources, rows=tables)


def block(view: View, section: Section, as_of: str) -> str:
    """Return the sentences of a topic as HTML, the first of them, and how many more there are."""
    items = "".join(item(view, sentence, as_of) for sentence in section.sentences[:SENTENCES_SHOWN])
    left = len(section.sentences) - SENTENCES_SHOWN
    more = f'<p class="quiet">{markup.escape(more_said(view, left))}</p>' if left > 0 else ""
    heading = f'<h3>{markup.escape(section.title)} <span class="count">{section.count}</span></h3>'
    return f"<section>{heading}<ul>{items}</ul>{more}</section>"


def more_said(view: View, count: int) -> str:
    return view.say(f"more.{'one' if count == 1 else 'many'}", count=count)


def item(view: View, sentence: Sentence, as_of: str) -> str:
    slug, choices = sentence.view
    head = (
        page.linked(view.link(slug, **{"as_of": as_of, **choices}), sentence.head)
        if slug
        else markup.escape(sentence.head)
    )
    cited = f' <span class="quiet">{markup.escape(sentence.cited)}</span>' if sentence.cited else ""
    said = f"<b>{head}</b> {markup.escape(unbroken(sentence.body))}{cited}"
    return f"<li><time>{markup.escape(sentence.day)}</time><span>{said}</span></li>"


def unbroken(body: str) -> str:
    """Keep a sign with its amount: a browser may end a line between + and €."""
    return body.replace("+", "+\u2060").replace("−", "−\u2060")


# ---------------------------------------------------------------- files to take away


def draw_downloads(view: View, found: Report) -> None:
    downloads.draw(
        view,
        "changes",
        lambda: Sheet(view.say("sheet"), rows(view, found), fields(view)),
        lambda: notes(view, found),
        text=lambda: sentences.plain(found),
    )


def fields(view: View) -> list[Field]:
    return [
        Field("topic", view.say("col_topic")),
        Field("day", view.say("col_day"), "date", "precision"),
        Field("place", view.say("col_place")),
        Field("line", view.say("col_line")),
        Field("period", view.say("col_period")),
        Field("sentence", view.say("col_sentence")),
        Field("before", view.say("col_before"), unit_in="unit"),
        Field("after", view.say("col_after"), unit_in="unit"),
        Field("difference", view.say("col_difference"), unit_in="of_difference"),
        Field("unit_said", view.say("col_unit")),
        Field("act", view.say("col_act")),
        Field("basis", view.say("col_basis")),
        Field("source", view.app("source")),
    ]


def rows(view: View, found: Report) -> pd.DataFrame:
    """Return every headline figure and every single change as a row."""
    told = [figure_row(view, found, moved) for moved in found.moved]
    for section in found.sections:
        told += [change_row(view, found, section, change) for change in section.changes]
    return pd.DataFrame(told, columns=[*ROW], dtype=object)


ROW: Mapping[str, Any] = {
    "topic": None, "day": None, "precision": "day", "place": None, "line": None, "period": None, "sentence": None,
    "before": None, "after": None, "difference": None, "unit": "", "of_difference": "", "unit_said": None,
    "act": None, "basis": None, "source": None,
}  # fmt: skip


def figure_row(view: View, found: Report, moved: changes.Moved) -> dict[str, Any]:
    name = page.metrics()[moved.metric].words(view.lang)["name"]
    return {
        **ROW,
        "topic": found.words["headlines"],
        "sentence": f"{name}: {sentences.figure_said(moved, view.lang)}",
        "before": moved.before.value,
        "after": moved.after.value,
        **measured(view, moved),
        "basis": view.app(f"bases.{moved.basis}"),
    }


def change_row(view: View, found: Report, section: Section, change: changes.Change) -> dict[str, Any]:
    alone = Sentence(found.asked.snapshot, view.lang, (change,))
    return {
        **ROW,
        "topic": section.title,
        "day": change.happened_on or change.known_on,
        "precision": change.precision,
        "place": view.names("territory")[change.territory] if change.territory else None,
        "line": view.names("action_line")[change.action_line] if change.action_line else None,
        "period": change.period_id,
        "sentence": alone.text,
        "before": change.before,
        "after": change.after,
        **measured(view, change),
        "act": alone.cited or None,
        "basis": view.app(f"bases.{change.basis}"),
        "source": change.source,
    }


def measured(view: View, one: changes.Moved | changes.Change) -> dict[str, Any]:
    """Return the difference, and the units of the values and of the difference."""
    unit = one.unit or ""
    of_difference = (page.UNITS[unit].difference or unit) if unit else ""
    told = view.say(f"units.{unit}") if unit else None
    return {"difference": one.difference, "unit": unit, "of_difference": of_difference, "unit_said": told}


def notes(view: View, found: Report) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the changes: between which days, how narrowed, on what ground."""
    more = [(view.say("note_from"), found.days["since"]), (view.say("note_until"), found.days["as_of"])]
    return downloads.notes(view, *more, title=found.title, asked=found.asked, sources=found.sources)


view = page.view(__file__)
since = view.filters.day("since", page.year_before(view.as_of))
found = sentences.report(*changes.ordered(view.asked, since), view.lang)
draw_tools(view, found)
draw_swapped(view, since)
if found.nothing:
    page.paragraph(found.nothing)
else:
    draw_headlines(view, found)
draw_not_split(view, found)
if not found.nothing:
    draw_sections(view, found)
    if "action_line" in view.asked.chosen:
        page.note(view, "of_line")
