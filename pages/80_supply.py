from collections.abc import Sequence
from itertools import groupby

import pandas as pd
import streamlit as st

from impact_analytics.queries import sentences
from impact_analytics.queries.changes import Moved
from impact_analytics.ui import markup, page, supply
from impact_analytics.ui.page import Column, View
from impact_analytics.ui.spec import pages
from impact_analytics.ui.supply import Draft, Entry, Preview, Problem

ICONS = {"error": "✕", "warning": "!", "in_order": "✓"}  # never alone: the word stands beside it


# ---------------------------------------------------------------- handing in


def draw_hand_in(view: View) -> Preview | None:
    """Draw the files and what they cannot say of themselves; return the dry run, where there was one."""
    page.heading(view.say("hand_in"))
    supply.draw_words(view)
    handed = supply.uploader(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        received_on = st.date_input(
            view.say("received_on"),
            "today",
            key="received_on",
            format="DD/MM/YYYY",
            max_value="today",
            help=view.say("received_help"),
        )
        protocol = st.text_input(view.say("protocol"), key="protocol", max_chars=60)
        asked = supply.asked(view, handed, received_on, protocol)
        if st.button(view.say("check"), key="check", disabled=not handed):
            with st.spinner(view.say("checking")):
                supply.check(view, asked, handed)
    found = supply.checked(asked)
    if found is None:
        page.paragraph(view.say("not_checked" if handed else "nothing_yet"), quiet=True)
    return found


def draw_told(view: View) -> None:
    """Say what the last act has led to."""
    told = supply.told()
    if told is None:
        return
    if told.refused:
        st.html(f'<p class="rejected" role="alert">{markup.escape(told.refused)}</p>')
        return
    numbers = page.listing(view, [str(number) for number in told.numbers])
    said = markup.escape(view.say(told.key, numbers=numbers))
    overview = page.linked(view.link(next(iter(pages()))), view.say("see_overview"))
    st.html(f'<p class="accepted" role="status">{said} {overview}</p>')


# ---------------------------------------------------------------- the dry run


def draw_result(view: View, found: Preview) -> None:
    """Draw what the dry run found, and the button only where nothing stands in the way."""
    page.heading(view.say("result"))
    draw_problems(view, "error", found.errors)
    draw_problems(view, "warning", found.warnings)
    if found.errors:
        return
    if not found.drafts:
        page.paragraph(view.say("nothing_found"))
        return
    if not found.warnings:
        st.html(f"<p>{mark(view, 'in_order')} {markup.escape(view.say('no_problems'))}</p>")
    draw_moves(view, found)
    draw_drafts(view, found.drafts)
    st.button(view.say("accept"), key="accept", type="primary", on_click=supply.accept, args=(view, found))


def draw_problems(view: View, kind: str, problems: Sequence[Problem]) -> None:
    """Draw problems of one kind in sentences, grouped by file."""
    if not problems:
        return
    page.heading(view.say(f"{kind}s", count=len(problems)), view.say(f"{kind}s_lead"), level=3)
    ordered = sorted(problems, key=lambda problem: problem.file)
    st.html("".join(group(view, kind, file, list(found)) for file, found in groupby(ordered, lambda one: one.file)))


def group(view: View, kind: str, file: str, problems: Sequence[Problem]) -> str:
    lines = "".join(f"<li>{mark(view, kind)} {markup.escape(without(file, one, view.lang))}</li>" for one in problems)
    return f'<h4 class="problem-file">{markup.escape(file)}</h4><ul class="problems">{lines}</ul>'


def without(file: str, problem: Problem, lang: str) -> str:
    """Return a problem's sentence without the file, which stands above it."""
    said = problem.sentence(lang).removeprefix(file).lstrip(",: ")
    return said[:1].upper() + said[1:]


def mark(view: View, kind: str) -> str:
    return f'<b class="mark-{kind}"><span aria-hidden="true">{ICONS[kind]}</span> {markup.escape(view.say(kind))}</b>'


def draw_moves(view: View, found: Preview) -> None:
    """Draw every headline figure before and after; those that move first."""
    day = page.short_day(found.as_of, "day", view.lang)
    page.heading(view.say("moves"), view.say("moves_lead", day=day), level=3)
    if not any(move.changed for move in found.moves):
        page.paragraph(view.say("no_moves"))
    ordered = sorted(found.moves, key=lambda move: not move.changed)
    columns = [
        Column("metric", view.say("col_metric"), wide=True),
        *(Column(name, view.say(f"col_{name}"), "right") for name in ("before", "after", "difference")),
        Column("basis", view.say("col_basis")),
    ]
    if ordered:
        page.table(pd.DataFrame([moved(view, move) for move in ordered]), columns, caption=view.say("moves"))


def moved(view: View, move: Moved) -> dict[str, str]:
    """Return a line of the table of moves, in words."""
    before, after = (
        sentences.value_said(one.value, move.unit, view.lang, one.basis) for one in (move.before, move.after)
    )
    basis = move.after.basis if move.after.value is not None else ""
    return {
        "metric": page.metrics()[move.metric].words(view.lang)["name"],
        "before": before,
        "after": after,
        "difference": (sentences.difference_said(move, view.lang) or "–") if move.changed else view.say("unchanged"),
        "basis": view.app(f"bases.{basis}") if basis else "",
    }


def draw_drafts(view: View, drafts: Sequence[Draft]) -> None:
    page.heading(view.say("would_accept"), level=3)
    names = ("files", "project", "period", "version", "received", "protocol")
    rows = [dict(zip(names, draft_said(view, one), strict=True)) for one in drafts]
    page.table(rows, [Column(name, view.say(f"col_{name}")) for name in names], caption=view.say("would_accept"))


def draft_said(view: View, draft: Draft) -> list[str]:
    entry = draft.entry
    day = page.short_day(entry.received_on, "day", view.lang) if entry.received_on else ""
    version = str(entry.version or "")
    return [", ".join(draft.files), entry.project_id, entry.period_id, version, day, entry.protocol]


# ---------------------------------------------------------------- the log


def draw_log(view: View) -> None:
    """Draw what was accepted and withdrawn, and the way to withdraw."""
    page.heading(view.say("log"))
    entries = supply.log(view)
    accepted = [entry for entry in entries if entry.action == "accept"]
    if not accepted:
        page.paragraph(view.say("log_empty"), quiet=True)
        return
    gone = {entry.withdrawn: entry for entry in entries if entry.action == "withdraw"}
    names = ("number", "when", "who", "files", "project", "period", "received", "protocol", "state")
    rows = pd.DataFrame([logged(view, entry, gone.get(entry.number)) for entry in accepted], columns=list(names))
    page.table(rows, [Column(name, view.say(f"col_{name}")) for name in names], caption=view.say("log"))
    standing = [entry for entry in accepted if entry.number not in gone]
    if standing:
        draw_withdraw(view, standing)


def logged(view: View, entry: Entry, withdrawal: Entry | None) -> list[str]:
    day = page.short_day(entry.received_on, "day", view.lang) if entry.received_on else ""
    state = view.say("state_standing")
    if withdrawal:
        state = view.say("state_withdrawn", number=withdrawal.number, reason=withdrawal.reason)
    when = f"{page.short_day(entry.at.date(), 'day', view.lang)} {entry.at:%H:%M} UTC"
    files = ", ".join(file.name for file in entry.files)
    return [str(entry.number), when, entry.who, files, entry.project_id, entry.period_id, day, entry.protocol, state]


def draw_withdraw(view: View, standing: Sequence[Entry]) -> None:
    page.heading(view.say("withdraw_title"), view.say("withdraw_lead"), level=3)
    named = {str(entry.number): " · ".join(filter(None, label(entry))) for entry in standing}
    with st.form("withdraw", clear_on_submit=False, enter_to_submit=False, border=False):
        number = page.choose(view, "withdraw_number", named, view.say("withdraw_which"), empty=view.app("placeholder"))
        reason = st.text_input(view.say("withdraw_reason"), key="withdraw_reason", max_chars=300)
        if st.form_submit_button(view.say("withdraw")) and number:
            supply.withdraw(view, int(number), reason)
            st.rerun()


def label(entry: Entry) -> list[str]:
    return [str(entry.number), entry.project_id, entry.period_id, ", ".join(file.name for file in entry.files)]


view = page.view(__file__)
draw_told(view)
found = draw_hand_in(view)
if found is not None:
    draw_result(view, found)
draw_log(view)
