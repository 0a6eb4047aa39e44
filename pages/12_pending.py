from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import Asked, overview, sources, values
from impact_analytics.queries.matters import Line, Matters, matters, plain, turn_said
from impact_analytics.queries.pending import TOPICS, TURNS
from impact_analytics.ui import downloads, markup, page
from impact_analytics.ui.page import Column, View

ROWS_SHOWN = 40
# Figures above the list, and the topic that a click on them leaves.
CARDS = {
    "requests_open": "requests",
    "sheets_missing": "sheets",
    "changes_waiting": "changes",
    "findings_open": "findings",
    "uncovered_advance": "advances",
    "recovery_open": "recoveries",
}
TABLES = ("payment_request", "sheet", "payment", "recovery", "finding", "change_request", "deadline", "legal_limit")
PUBLISHED = ("payment", "recovery")


def whole_lines(asked: Asked) -> Asked:
    """Return the question without its action lines: what needs action concerns whole projects."""
    return replace(asked, where=tuple(pair for pair in asked.where if pair[0] != "action_line"))


# ---------------------------------------------------------------- above the list


def draw_cards(view: View, asked: Asked, *, monitored: bool) -> None:
    found = values(asked, tuple(CARDS)).values()
    page.cards(
        [
            page.card_of(view, one, link=view.link("pending", topic=CARDS[one.metric]) if monitored else "")
            for one in found
            if monitored or one.value is not None
        ]
    )


def draw_tools(view: View, asked: Asked) -> Matters:
    """Draw the choices and the files of what they leave; return it."""
    said = matters(asked, view.lang).words["topics"]
    topics = {id: said[id] for id in TOPICS}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        topic = page.choose(view, "topic", topics, view.say("topic"), empty=view.say("every_topic"), width=260)
        turns = {id: turn_said(view.snapshot, id, view.lang) for id in TURNS}
        turn = page.choose(view, "turn", turns, view.say("turn"), empty=view.say("every_turn"), width=220)
        found = matters(asked, view.lang, topic, turn)
        if found.lines:
            draw_downloads(view, found)
    return found


def draw_sums(view: View, found: Matters) -> None:
    several = len({one.basis for one in found.sums}) > 1
    columns = [
        Column("topic", view.say("topic"), link="link"),
        Column("count", view.say("col_count"), "right"),
        Column("eur", view.say("col_eur"), "right"),
        Column("eur_of", view.say("col_eur_of")),
        Column("days", view.say("col_oldest"), "right"),
        *([Column("basis", view.app("basis"))] if several else []),
    ]
    rows = [
        {
            "topic": found.words["topics"][one.topic],
            "link": view.link("pending", topic=one.topic),
            "count": page.written(view, one.count, "count"),
            "eur": page.written(view, one.eur, "eur") if one.eur is not None else "–",
            "eur_of": found.words["natures"][one.topic] if one.eur is not None else "",
            "days": page.written(view, one.days, "days") if one.days is not None else "–",
            "basis": view.app(f"bases.{one.basis}"),
        }
        for one in found.sums
    ]
    page.heading(view.say("sums_title"), page.subtitle(view, view.say("sums_unit")))
    st.html(markup.table(rows, columns, caption=view.say("sums_title")))


# ---------------------------------------------------------------- the list


def draw_lines(view: View, found: Matters, title: str) -> None:
    page.heading(title, found.words["rule"])
    if not found.lines:
        page.paragraph(view.say("none_kept"))
        return
    headings = ("col_who", "col_fact", "col_days", "col_eur", "col_reference", "col_turn", "col_step")
    sides = ("", "wide", "right", "right", "", "", "")
    told = [(view.say(name), side) for name, side in zip(headings, sides, strict=True)]
    st.html(table(told, [cells(view, line) for line in found.lines[:ROWS_SHOWN]], title))


def table(headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], caption: str) -> str:
    """Return a table whose cells are HTML already; on a phone each cell stands below its heading."""
    names = [markup.escape(name) for name, _ in headings]
    head = "".join(f'<th scope="col" class="{side}">{markup.escape(name)}</th>' for name, side in headings)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{side}" data-name="{name}">{cell}</td>'
            for (_, side), name, cell in zip(headings, names, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    said = markup.escape(caption)
    return (
        f'<div class="table-box" tabindex="0" role="region" aria-label="{said}"><table class="figures pending">'
        f"<caption>{said}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def cells(view: View, line: Line) -> list[str]:
    slug, choices = line.view
    return [
        markup.escape(line.who) + (page.quietly(line.lead) if line.lead else ""),
        page.linked(view.link(slug, **choices), capital(line.fact)) + page.quietly(line.topic),
        markup.escape(line.days),
        markup.escape(line.eur) + (page.quietly(line.eur_of) if line.eur_of else ""),
        markup.escape(line.reference),
        markup.escape(line.turn),
        markup.escape(line.step),
    ]


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def draw_notes(view: View, found: Matters) -> None:
    said = []
    if view.chosen("topic") or view.chosen("turn"):
        said.append(view.say("kept", count=len(found.lines), total=len(matters(found.asked, view.lang).lines)))
    if len(found.lines) > ROWS_SHOWN:
        said.append(view.say("cut", shown=ROWS_SHOWN, total=len(found.lines)))
    if found.asked.where and any(line.item.legal for line in found.lines):
        said.append(view.say("limits_whole"))
    if "action_line" in view.asked.chosen:
        said.append(view.say("not_by_line"))
    for sentence in said:
        page.paragraph(sentence, quiet=True)


def draw_gaps(view: View) -> None:
    rows = page.records(overview.gaps(view.asked, view.lang))
    if rows:
        page.heading(view.say("gaps_title"), view.say("gaps_lead"))
        page.bullets([page.linked(view.link(row["page"]), row["title"]) + page.quietly(row["reason"]) for row in rows])


# ---------------------------------------------------------------- files to take away


def draw_downloads(view: View, found: Matters) -> None:
    downloads.draw(
        view,
        "pending",
        lambda: Sheet(view.say("sheet"), found.table, [Field(*column) for column in found.columns]),
        lambda: notes(view, found),
        text=lambda: plain(found),
    )


def notes(view: View, found: Matters) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the lines: what they are, how narrowed and ordered, on what ground."""
    chosen = [
        *([found.words["topics"][view.chosen("topic")]] if view.chosen("topic") else []),
        *([turn_said(view.snapshot, view.chosen("turn"), view.lang)] if view.chosen("turn") else []),
    ]
    more = [(view.say("note_rows"), str(len(found.lines))), (view.say("note_rule"), found.words["rule"])]
    cited = sources.cited(view.asked, *TABLES)
    return downloads.notes(view, *more, title=found.title, asked=found.asked, chosen=chosen, sources=cited)


view = page.view(__file__)
monitored = overview.monitored(view.snapshot)
asked = whole_lines(view.asked)
if monitored:
    draw_cards(view, asked, monitored=monitored)
    every = matters(asked, view.lang)
    if every.sums:
        draw_sums(view, every)
    found = draw_tools(view, asked)
    draw_lines(view, found, view.say("list_title"))
else:
    page.unknown(view, view.say("no_monitoring"))
    found = matters(asked, view.lang)
    if found.lines:
        draw_cards(view, asked, monitored=monitored)
        draw_lines(view, found, view.say("open_title"))
        with st.container(horizontal=True):
            draw_downloads(view, found)
if found.lines:
    told = TABLES if monitored else PUBLISHED
    page.foot(view, "lines", title=view.say("list_title"), sources=sources.cited(view.asked, *told), rows=told)
draw_notes(view, found)
if not monitored:
    draw_gaps(view)
