from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import deadlines as drawn
from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import Asked, deadlines, ledger, sources, values
from impact_analytics.ui import downloads, markup, page, trail
from impact_analytics.ui.page import Card, Column, View

TABLE_ROWS = 24
SHORT = 25
LATEST = 30  # projects in the table; all are in its data
NBSP = "\u00a0"
LIMIT = "incurred"
MOVED = (*(f"{name}_months" for name in deadlines.EXTENSIONS), "moved_months")
NAMED = 2  # projects named in a row of levels
SENTENCES = 40  # of single projects on the page
ACT_DATES = ("adopted_on", "registered_on", "effective_on")
EFFECT = {"term_in_force": "date", "moved_months": "months", "residual_delay": "days", "projects_late": "count"}


def difference(view: View, now: Any, then: Any, unit: str) -> str:
    if now is None or then is None:
        return view.app("not_known")
    moved = (now - then).days if unit == "date" else now - then
    return page.moved(view, moved, unit)


# ---------------------------------------------------------------- of which project, in sentences


def choose_project(view: View) -> str:
    """Let a reader ask for one project; one that a link names stays although the filters leave it out."""
    held = view.chosen("project")
    known = {row.id: row.label for row in each(deadlines.terms(view.asked, view.lang))}
    if held and held not in known:
        known[held] = view.names("project")[held]
    titles = view.names("project")
    options = {id: f"{label} · {titles[id]}" if titles[id] != label else label for id, label in known.items()}
    ordered = dict(sorted(options.items(), key=lambda pair: pair[1]))
    return page.choose(view, "project", ordered, view.say("choose_project"), empty=view.say("all_projects"), width=420)


def project_link(view: View, id: str) -> str:
    return view.link("project", project=id)


def draw_sentences(view: View, lines: Sequence[str]) -> None:
    page.heading(view.say("told_title"), level=3)
    if view.project:
        page.paragraph(ledger.of_project(view.asked, view.project, view.lang))
        return
    whole = ledger.of_all(view.asked, whose(view), view.lang)
    page.paragraph(whole)
    told = ledger.of_lines(view.asked, lines, view.lang)
    alike, (_, _, rest) = view.say("lines_alike"), whole.partition(": ")
    page.bullets([lines_said(view, same, alike if rest and said.endswith(rest) else said) for same, said in told])
    draw_each(view)


def lines_said(view: View, lines: Sequence[str], said: str) -> str:
    """Return the sentence of lines as HTML, each name leading to the line's page."""
    names = view.names("action_line")
    linked = ", ".join(page.linked(view.link("progress", action_line=[id]), names[id]) for id in lines)
    return f"<span>{linked}: {markup.escape(said)}</span>"


def draw_each(view: View) -> None:
    """Lay a sentence for each project under one line to open; they are put together once it is."""
    every = ledger.of_projects(view.asked, view.lang)
    opened = st.expander(view.say("each_title", count=len(every)), key="each", on_change="rerun", type="compact")
    if opened.open:
        with opened:
            st.html(each_html(view, list(every.items())))


def each_html(view: View, every: list[tuple[str, str]]) -> str:
    items = "".join(
        f"<li>{page.linked(project_link(view, id), label)}: {markup.escape(rest)}</li>"
        for id, said in every[:SENTENCES]
        for label, _, rest in [said.partition(": ")]
    )
    more = f"<p class='quiet'>{markup.escape(view.say('each_more'))}</p>" if len(every) > SENTENCES else ""
    return f'<ul class="actions">{items}</ul>{more}'


def whose(view: View) -> str:
    """Return whose terms they are: the programme's, or those of what it is narrowed to."""
    narrowed = [", ".join(view.names(id)[value] for value in chosen) for id, chosen in view.asked.where]
    return " · ".join(narrowed) or str(view.programme.name[view.lang])


# ---------------------------------------------------------------- figures, steps, limits


def draw_cards(view: View, rows: pd.DataFrame) -> None:
    now = deadlines.standing(view.asked, view.lang)
    gone = view.say("all_withdrawn") if not now.active else ""
    page.cards(
        [
            page.card(view, "first_term", note=gone or first_said(view, now)),
            page.card(view, "term_in_force", note=gone or term_said(view, now)),
            page.card(view, "moved_months", note=gone or moved_said(view, now)),
            residual_card(view, now),
            page.card(view, "ends_known", note=ends_said(view, now)),
        ]
    )
    if now.possible_on is not None:
        page.paragraph(possible_said(view, rows, now))


def first_said(view: View, now: deadlines.Standing) -> str:
    return counted(view, "attested", now.first, total=now.all) if now.first else ""


def term_said(view: View, now: deadlines.Standing) -> str:
    possible = view.say("possible_short", term=day(view, now.possible_on)) if now.possible_on is not None else ""
    if not now.with_term:
        return view.say("possible_only", term=day(view, now.possible_on)) if possible else ""
    if possible:
        return f"{counted(view, 'attested', now.with_term, total=now.all)}, {possible}"
    parts = [counted(view, "term_of", now.with_term, total=now.active, act=act_said(view, now))]
    if now.others:
        listed = ", ".join(f"{day(view, term)} ({count})" for term, count in now.others[:2])
        parts.append(view.say("term_others", others=listed))
    return "; ".join(parts)


def act_said(view: View, now: deadlines.Standing) -> str:
    if now.act_not_found:
        return view.say("not_found")
    if len(now.acts) == 1:
        return now.acts[0]
    return view.say("several_acts", count=len(now.acts)) if now.acts else view.say("no_act")


def moved_said(view: View, now: deadlines.Standing) -> str:
    named = zip(deadlines.EXTENSIONS, now.moved, strict=False)
    return " · ".join(f"{view.say(f'types.{name}')} {months}" for name, months in named)


def ends_said(view: View, now: deadlines.Standing) -> str:
    return view.say("ends_note", total=now.active, real=now.real, expected=now.expected)


def residual_card(view: View, now: deadlines.Standing) -> Card:
    if not now.real + now.expected:
        return page.card(view, "residual_delay", note=view.say("no_end"))
    note = counted(view, "late", now.late) if now.late else view.say("late_none")
    return page.card(view, "residual_delay", note=note, status="late" if now.late else "on_track")


def possible_said(view: View, rows: pd.DataFrame, now: deadlines.Standing) -> str:
    words = {"term": day(view, now.possible_on), "by": day(view, now.possible_by)}
    if not now.with_term:
        return view.say("possible_alone", **words)
    attested = view.say("possible_first", first=day(view, max(rows["term_on"].dropna())))
    return f"{attested} {counted(view, 'attested', now.with_term, total=now.all)}, {view.say('possible_long', **words)}"


def draw_steps(view: View, decided: pd.DataFrame, rows: pd.DataFrame) -> None:
    single = len(rows) == 1 and rows["withdrawn_on"].iloc[0] is None
    page.chart(
        view,
        "deadline_steps",
        lambda: drawn.steps(
            step_rows(view, decided, single=single), view.look, view.lang, as_of=view.as_of, limits=limit_line(view)
        ),
        alt=lambda: drawn.steps_alt(
            step_rows(view, decided, single=single), view.lang, as_of=view.as_of, limits=limit_line(view)
        ),
        title=view.say("steps_title"),
        subtitle=page.subtitle(view, view.say("steps_unit_one" if single else "steps_unit_call")),
        data=lambda: with_source(view, *decisions_table(view, decided)),
        sources=sources.cited(view.asked, "deadline"),
        metrics=("first_term", "term_in_force"),
        rows=("deadline", "act"),
    )


def step_rows(view: View, decided: pd.DataFrame, *, single: bool) -> pd.DataFrame:
    steps = deadlines.steps(decided, single=single)
    return steps.assign(
        label=[step_label(view, row) for row in each(steps)],
        known_on=[min(when, view.as_of) for when in steps["known_on"]],
    )


def limit_line(view: View) -> pd.DataFrame:
    limits = deadlines.limits(view.asked, view.lang)
    return limits[limits["kind"] == LIMIT].assign(label=view.app(f"limit.{LIMIT}"))


def step_label(view: View, row: Any) -> str:
    if row.possible:
        return view.say("possible_step")
    if row.count:
        return counted(view, "first_step", row.count)
    return act_of(view, row)


def act_of(view: View, row: Any) -> str:
    said = row.act or view.say("act_not_found" if row.uncertain else "no_act_cited")
    return f"{row.place}: {said}" if row.place else str(said)


def draw_limits(view: View) -> None:
    limits = deadlines.limits(view.asked, view.lang)
    page.heading(view.say("limits_title"), level=3)
    if limits.empty:
        page.paragraph(view.say("limits_none"), quiet=True)
    else:
        valid = limits[limits["in_force"].astype(bool)]
        page.table(*limits_table(view, valid), caption=view.say("limits_title"))
        page.note(view, "limits_since", day=day(view, max(valid["known_on"])))
    near = deadlines.after_limit(view.asked, view.lang)
    if near:
        page.paragraph(view.say("after_limit", act=near[0], limit=near[1], days=page.written(view, near[2], "days")))
    for gap in each(deadlines.gaps(view.asked, view.spec.slug, view.lang)):
        page.paragraph(f"{view.say('gap')} {gap.title}. {gap.reason}", quiet=True)


def limits_table(view: View, limits: pd.DataFrame) -> page.Data:
    shown = limits.assign(
        kind=[view.app(f"limit.{kind}") for kind in limits["kind"]],
        limit_on=dates(view, limits["limit_on"]),
        before_on=dates(view, limits["before_on"], "–"),
        act=[together(act) for act in limits["act"]],
    )
    headings = {"kind": "kind", "limit_on": "limit_on", "before_on": "limit_before_on"}
    columns = [Column(name, view.say(f"col_{heading}")) for name, heading in headings.items()]
    return shown, [*columns, Column("act", view.say("col_act"), link="url")]


# ---------------------------------------------------------------- the same day without an act


def draw_without(view: View, left_out: tuple[str, ...], decided: pd.DataFrame) -> None:
    acts = decided[decided["act_id"].notna() & (decided["extension"] != "first") & ~decided["possible"].astype(bool)]
    options = {row.act_id: f"{act_of(view, row)} → {day(view, row.ends_on)}" for row in each(acts)}
    options |= {act: act for act in left_out if act not in options}
    if not options:
        return
    page.heading(view.say("without_title"), view.say("without_lead"), level=3)
    st.multiselect(
        view.say("without_choose"),
        list(options),
        key="without",
        format_func=options.__getitem__,
        placeholder=view.say("without_none"),
    )
    follow = [act for act in deadlines.following(view.asked, left_out) if act not in left_out]
    if follow:
        st.button(view.say("without_follow", count=len(follow)), key="follow", on_click=leave_out, args=(follow,))
    if left_out:
        draw_effect(view, left_out)


def leave_out(acts: list[str]) -> None:
    st.session_state["without"] = [*st.session_state["without"], *acts]


def draw_effect(view: View, left_out: tuple[str, ...]) -> None:
    asked = replace(view.asked, without=left_out)
    page.table(*effect_table(view, asked), caption=view.say("without_title"))
    rows = deadlines.compared(asked, view.lang)
    if rows.empty:
        page.note(view, "without_same")
        return
    page.paragraph(counted(view, "without_changed", len(rows)))
    page.table(*changed_table(view, rows), caption=view.say("without_changed_title"))


def effect_table(view: View, asked: Asked) -> page.Data:
    real, other = values(view.asked, tuple(EFFECT)), values(asked, tuple(EFFECT))
    pairs = [(real[name].value, other[name].value, unit) for name, unit in EFFECT.items()]
    shown = pd.DataFrame(
        {
            "figure": [view.say(f"effect.{name}") for name in EFFECT],
            "with": [page.written(view, now, unit) for now, _, unit in pairs],
            "without": [page.written(view, then, unit) for _, then, unit in pairs],
            "difference": [difference(view, now, then, unit) for now, then, unit in pairs],
        }
    )
    names = ("with", "without", "difference")
    return shown, [
        Column("figure", view.say("col_figure")),
        *(Column(name, view.say(f"col_{name}"), "right") for name in names),
    ]


def changed_table(view: View, rows: pd.DataFrame) -> page.Data:
    pairs = list(zip(rows["term_on"], rows["other_term_on"], strict=True))
    late = list(zip(rows["residual_days"], rows["other_residual_days"], strict=True))
    shown = rows.assign(
        label=[together(label) for label in rows["label"]],
        address=[project_link(view, id) for id in rows["id"]],
        term_on=dates(view, rows["term_on"]),
        other_term_on=dates(view, rows["other_term_on"]),
        term_difference=[difference(view, now, then, "date") for now, then in pairs],
        residual_days=[page.written(view, now, "days") for now, _ in late],
        other_residual_days=[page.written(view, then, "days") for _, then in late],
        residual_difference=[difference(view, now, then, "days") for now, then in late],
    )
    names = (
        "term_on",
        "other_term_on",
        "term_difference",
        "residual_days",
        "other_residual_days",
        "residual_difference",
    )
    return shown, [
        Column("label", view.say("col_project"), link="address"),
        *(Column(name, view.say(f"col_changed_{name}"), "right") for name in names),
    ]


# ---------------------------------------------------------------- call and project side by side, bars


def draw_levels(view: View) -> None:
    found = deadlines.levels(view.asked, view.lang)
    if found.empty:
        return
    every = each(found)
    shown = found.assign(
        call_term_on=dates(view, found["call_term_on"], view.say("no_call_term")),
        own_term_on=dates(view, found["own_term_on"], view.say("no_own_term")),
        term_on=dates(view, found["term_on"]),
        apart=[apart_said(view, row) for row in every],
        count=[number(view, row.count) for row in every],
        named=[named_said(view, row) for row in every],
    )
    columns = [Column(name, view.say(f"col_level_{name}")) for name in ("call_term_on", "own_term_on", "term_on")]
    columns += [
        Column("apart", view.say("col_level_apart"), "right"),
        Column("count", view.say("col_level_count"), "right"),
    ]
    page.heading(view.say("levels_title"), page.subtitle(view, view.say("levels_unit")), level=3)
    page.table(
        shown, [*columns, Column("named", view.say("col_level_named"), wide=True)], caption=view.say("levels_title")
    )
    page.note(view, "levels_rule")


def apart_said(view: View, row: Any) -> str:
    """Say by how many days a project's own term is before (−) or after (+) the call's."""
    if row.call_term_on is None or row.own_term_on is None:
        return "–"
    return page.moved(view, (row.own_term_on - row.call_term_on).days, "days")


def named_said(view: View, row: Any) -> str:
    shown, left = row.labels[:NAMED], len(row.labels) - NAMED
    return ", ".join(shown) + (f" {view.say('and_more', count=left)}" if left > 0 else "")


def draw_projects(view: View, rows: pd.DataFrame) -> None:
    bars = rows.assign(
        start=rows["started_on"].where(rows["started_on"].notna(), rows["known_from"]), term=rows["term_on"]
    )
    page.chart(
        view,
        "deadline_projects",
        lambda: with_words(drawn.projects(bars, view.look, view.lang, as_of=view.as_of), view, rows),
        alt=lambda: drawn.projects_alt(bars, view.lang, as_of=view.as_of),
        title=view.say("projects_title"),
        subtitle=page.subtitle(view, view.say("projects_unit")),
        sources=sources.cited(view.asked, "project", "deadline"),
        metrics=("term_in_force", "ends_known", "residual_delay"),
        rows=("project", "deadline"),
    )
    if rows["started_on"].isna().any():
        page.note(view, "start_note", count=int(rows["started_on"].isna().sum()), total=len(rows))
    untold = int((rows["term_on"].isna() & rows["withdrawn_on"].isna()).sum())
    if untold:
        page.paragraph(counted(view, "no_term", untold), quiet=True)
    for one in each(deadlines.withdrawals(view.asked, view.lang)):
        label, _, rest = withdrawn_said(view, one).partition(":")
        st.html(f'<p class="plain">{page.linked(project_link(view, one.project), label)}:{markup.escape(rest)}</p>')


def with_words(figure: Any, view: View, rows: pd.DataFrame) -> Any:
    """Say under the pointer, once for each bar, no more of a date than is known of it."""
    said = [project_said(view, row) for row in each(rows)]
    first, *others = [trace for trace in figure.data if trace.hovertext]
    first.hovertext = [said[int(place)] for place in first.y]
    for trace in others:
        trace.update(hovertext=None, hovertemplate=None, hoverinfo="none")
    return figure


def project_said(view: View, row: Any) -> str:
    told = [
        (view.say("col_term_on"), day(view, row.term_on)),
        (view.say("col_end"), f"{row.ended} ({view.say(row.end_kind)})" if row.end_kind else view.app("not_known")),
    ]
    if row.withdrawn:
        told[1:] = [(view.say("withdrawn"), row.withdrawn)]
    return "<br>".join([f"<b>{row.label}</b>", *(f"{name}: {said}" for name, said in told if said)])


def withdrawn_said(view: View, row: Any) -> str:
    said = view.say("withdrawn_from", label=row.label, day=row.withdrawn)
    if row.ordered_on is None:
        return f"{said}."
    amount = page.written(view, row.ordered_eur, "eur")
    return f"{said}; {view.say('refund_from', day=day(view, row.ordered_on), amount=amount)}."


# ---------------------------------------------------------------- the ledger of acts


def draw_decisions(view: View, decided: pd.DataFrame) -> None:
    certain = decided[~decided["possible"].astype(bool)]
    own = certain["own"].astype(bool)
    shown = certain if len(certain) <= TABLE_ROWS else certain[~own]
    page.heading(view.say("acts_title"), view.say("acts_unit"), level=3)
    st.html(ledger_table(view, shown))
    page.note(view, "acts_immutable")
    draw_book(view, certain)
    if deadlines.has_school_time(view.asked):
        page.note(view, "school_note", **deadlines.school_span(view.asked, view.lang))
    if len(shown) < len(certain):
        page.note(view, "acts_more", count=int(own.sum()))


def decisions_table(view: View, decided: pd.DataFrame) -> page.Data:
    every, added = each(decided), deadlines.money(view.asked)
    standing = deadlines.standing_on(view.asked, view.lang)
    shown = pd.DataFrame(
        {
            "act": [act_of(view, row) for row in every],
            "level": [view.say("level_own" if row.own else "level_call") for row in every],
            "adopted_on": [adopted(view, row) for row in every],
            "registered_on": dates(view, [row.registered_on for row in every], "–"),
            "effective_on": dates(view, [row.effective_on for row in every], "–"),
            "known_on": [day(view, row.known_on) for row in every],
            "extension": [money_said(view, row, added) for row in every],
            "term": [term_moved(view, row) for row in every],
            "months": ["–" if row.months is None else page.moved(view, row.months, "months") for row in every],
            "school": [school_said(view, row) for row in every],
            "standing": [number(view, len(standing.get(row.id, ()))) for row in every],
            "followed": [followed_said(view, row) for row in every],
            "left_out": [view.say("without_this") if can_be_left_out(row) else "" for row in every],
            "without": [without_link(view, row) for row in every],
            **{name: [getattr(row, name) for row in every] for name in ("url", "source", "note")},
        },
        dtype=object,
    )
    dated = [Column(name, view.say(f"col_{name}")) for name in (*ACT_DATES, "known_on")]
    columns = [Column("act", view.say("col_document"), link="url", wide=True), Column("level", view.say("col_level"))]
    columns += [*dated, Column("extension", view.say("col_extension")), Column("term", view.say("col_term"))]
    columns += [Column(name, view.say(f"col_{name}"), "right") for name in ("months", "standing", "followed")]
    columns += [Column("school", view.say("col_school"), wide=True)] if deadlines.has_school_time(view.asked) else []
    return shown, columns


def ledger_table(view: View, decided: pd.DataFrame) -> str:
    """Return the ledger as a table: each act, its dates, what it moved, for whom, and the way to the day without it."""
    left = [view.say(f"col_{name}") for name in ("document", *ACT_DATES, "known_on", "moved")]
    left += [view.say("col_school")] if deadlines.has_school_time(view.asked) else []
    right = [(view.say("col_standing"), "right"), (view.say("col_compare"), "left")]
    found, _ = decisions_table(view, decided)
    lines = [ledger_line(view, row, told) for row, told in zip(each(decided), each(found), strict=True)]
    kept = len(left) + len(right)
    headings: list[Any] = [*((name, "left") for name in left), *right]
    return markup.cells(
        headings, [[one for one in line if one is not None][:kept] for line in lines], caption=view.say("acts_title")
    )


def ledger_line(view: View, row: Any, told: Any) -> list[str | None]:
    act = markup.anchor(told.url, told.act, outside=True) if told.url else markup.escape(told.act)
    moved = f"{told.extension}, {told.months}" if row.months else told.extension
    count = 0 if row.own or not can_be_left_out(row) else len(deadlines.following(view.asked, (row.act_id,)))
    followed = counted(view, "followed_by", count) if count else ""
    school = markup.escape(told.school) if deadlines.has_school_time(view.asked) else None
    return [
        act + page.quietly(told.level),
        *(markup.escape(getattr(told, name)) for name in (*ACT_DATES, "known_on")),
        markup.cell(told.term, moved),
        school,
        markup.cell(view.say("of_projects", count=told.standing), followed),
        page.linked(told.without, told.left_out) if told.without else "",
    ]


def can_be_left_out(row: Any) -> bool:
    return row.act_id is not None and row.extension != "first"


def without_link(view: View, row: Any) -> str:
    return view.link("deadlines", without=[row.act_id], project=view.project or None) if can_be_left_out(row) else ""


def money_said(view: View, row: Any, added: Mapping[str, Any]) -> str:
    said = view.say(f"types.{row.extension}")
    if row.act_id not in added or row.extension == "first":
        return said
    amount = added[row.act_id]
    told = view.say("money_not_public") if amount is None else page.moved(view, amount, "eur")
    return f"{said}, {told}"


def followed_said(view: View, row: Any) -> str:
    """Say how many acts of projects follow an act of the call."""
    if row.own or not can_be_left_out(row):
        return "–"
    return number(view, len(deadlines.following(view.asked, (row.act_id,))))


def with_source(view: View, shown: pd.DataFrame, columns: Sequence[Column]) -> page.Data:
    return shown, [*columns, Column("source", view.say("col_source"), link="url"), Column("note", view.say("col_note"))]


def adopted(view: View, row: Any) -> str:
    if row.uncertain:
        words = {"after": day(view, row.decided_not_before), "by": day(view, row.decided_not_after)}
        return view.say("decided_by" if row.decided_not_before is None else "decided_between", **words)
    return day(view, row.adopted_on) if row.act_id else view.say("known_since", day=day(view, row.known_on))


def term_moved(view: View, row: Any) -> str:
    after = day(view, row.ends_on)
    return after if row.before_on in (None, row.ends_on) else together(f"{day(view, row.before_on)} → {after}")


def school_said(view: View, row: Any) -> str:
    spans = deadlines.school_years(row.before_on, row.ends_on, view.programme.school)
    return "; ".join(
        view.say("school_whole" if span.whole else "school_part", **school_words(view, span)) for span in spans
    )


def school_words(view: View, span: deadlines.SchoolTime) -> dict[str, str]:
    return {
        "year": f"{span.year}/{(span.year + 1) % 100:02}",
        "start": day(view, span.starts_on),
        "end": day(view, span.ends_on),
    }


def draw_book(view: View, certain: pd.DataFrame) -> None:
    with st.container(horizontal=True):
        downloads.draw_book(
            view,
            "ledger",
            lambda: [acts_sheet(view, certain), projects_sheet(view)],
            lambda: notes(view),
            part=view.project,
            text=lambda: told(view),
        )


def acts_sheet(view: View, certain: pd.DataFrame) -> Sheet:
    every, added = each(certain), deadlines.money(view.asked)
    standing = deadlines.standing_on(view.asked, view.lang)
    shown = certain.assign(
        act=[act_of(view, row) for row in every],
        level=[view.say("level_own" if row.own else "level_call") for row in every],
        extension=[view.say(f"types.{row.extension}") for row in every],
        money=pd.Series([added.get(row.act_id) for row in every], index=certain.index, dtype=object),
        school=[school_said(view, row) for row in every],
        standing=[len(standing.get(row.id, ())) for row in every],
        followed=[followed_said(view, row) for row in every],
    )
    said = [Field("act", view.say("col_document")), Field("level", view.say("col_level"))]
    said += [Field(name, view.say(f"col_{name}"), "date") for name in (*ACT_DATES, "known_on")]
    said += [Field("extension", view.say("col_extension")), Field("money", view.say("col_money"), "eur")]
    said += [Field(name, view.say(f"col_{name}"), "date") for name in ("before_on", "ends_on")]
    said += [Field("months", view.say("col_months"), "months"), Field("school", view.say("col_school"))]
    said += [Field("standing", view.say("col_standing"), "count"), Field("followed", view.say("col_followed"))]
    said += [Field("source", view.say("col_source")), Field("url", view.say("col_address"))]
    return Sheet(view.say("sheet_acts"), shown, [*said, Field("note", view.say("col_note"))])


def projects_sheet(view: View) -> Sheet:
    rows = deadlines.terms(view.asked, view.lang)
    said = ledger.of_projects(view.asked, view.lang)
    shown = rows.assign(
        title=[view.names("project")[id] for id in rows["id"]],
        said=[said[id] for id in rows["id"]],
        act=[project_act(view, row) for row in each(rows)],
        end_kind=[view.say(kind) if kind else "" for kind in rows["end_kind"]],
    )
    dated = ("first_term_on", "call_term_on", "own_term_on", "term_on")
    counted_in = [*(f"{name}_months" for name in deadlines.EXTENSIONS), "moved_months"]
    fields = [Field("label", view.say("col_label")), Field("title", view.say("col_title"))]
    fields += [Field(name, view.say(f"col_{name}"), "date") for name in dated]
    fields += [
        Field("act", view.say("col_act")),
        *(Field(name, view.say(f"col_{name}"), "months") for name in counted_in),
    ]
    fields += [Field("ended", view.say("col_end")), Field("end_kind", view.say("col_end_kind"))]
    fields += [Field("residual_days", view.say("col_residual_days"), "days")]
    return Sheet(view.say("sheet_projects"), shown, [*fields, Field("said", view.say("col_said"))])


def notes(view: View) -> list[tuple[str, str]]:
    """Return what stands on the workbook beside the ledger: of which day, how narrowed, on what ground."""
    more = [
        (view.say("told_title"), ledger.of_all(view.asked, whose(view), view.lang)),
        (view.say("note_immutable"), view.say("acts_immutable")),
    ]
    return downloads.notes(view, *more, sources=sources.cited(view.asked, "deadline"))


def told(view: View) -> str:
    """Return every sentence of the ledger, to be read out or put into minutes."""
    names = view.names("action_line")
    found = ledger.of_lines(view.asked, [] if view.project else list(names), view.lang)
    lines = [f"{', '.join(names[id] for id in same)}: {said}" for same, said in found]
    projects = ledger.of_projects(view.asked, view.lang)
    return "\n".join([ledger.of_all(view.asked, whose(view), view.lang), *lines, *projects.values(), ""])


# ---------------------------------------------------------------- project by project


def draw_table(view: View, rows: pd.DataFrame) -> None:
    page.heading(view.say("table_title"), view.say("table_unit"), level=3)
    shown, columns = projects_table(view, rows)
    kept = [column for column in columns if column.name not in ("call_term_on", "own_term_on")]
    page.table(shown.head(LATEST), kept, caption=view.say("table_title"))
    if len(rows) > LATEST:
        page.paragraph(view.app("rows_shown", shown=LATEST, total=len(rows)), quiet=True)
    page.foot(
        view,
        "deadline_table",
        title=view.say("table_title"),
        data=lambda: projects_table(view, rows),
        sources=sources.cited(view.asked, "project", "deadline"),
        metrics=("first_term", "term_in_force", *MOVED, "residual_delay"),
    )


def projects_table(view: View, rows: pd.DataFrame) -> page.Data:
    months = [f"{name}_months" for name in deadlines.EXTENSIONS]
    every = each(rows)
    shown = pd.DataFrame(
        {
            "label": [together(row.label) for row in every],
            "address": [project_link(view, row.id) for row in every],
            "first_term_on": dates(view, [row.first_term_on for row in every]),
            "call_term_on": dates(view, [row.call_term_on for row in every], "–"),
            "own_term_on": dates(view, [row.own_term_on for row in every], "–"),
            "term_on": [project_term(view, row) for row in every],
            **{name: [number(view, getattr(row, name)) for row in every] for name in [*months, "moved_months"]},
            "end": [end_said(view, row) for row in every],
            "residual_days": [residual_said(view, row) for row in every],
            "act": [project_act(view, row) for row in every],
            "url": [row.url for row in every],
        },
        dtype=object,
    )
    dated = ("first_term_on", "call_term_on", "own_term_on", "term_on")
    columns = [Column("label", view.say("col_label"), link="address")]
    columns += [Column(name, view.say(f"col_{name}")) for name in dated]
    columns += [Column(name, view.say(f"col_{name}"), "right") for name in [*months, "moved_months"]]
    columns += [Column("end", view.say("col_end")), Column("residual_days", view.say("col_residual_days"), "right")]
    return shown, [*columns, Column("act", view.say("col_act"), link="url")]


def project_term(view: View, row: Any) -> str:
    possible = [view.say("possible_cell", term=day(view, row.possible_term_on))] if row.possible_term_on else []
    if row.term_on is None and possible:
        return possible[0]
    return " ".join([day(view, row.term_on), *possible])


def end_said(view: View, row: Any) -> str:
    if row.withdrawn:
        return f"{view.say('withdrawn')}, {row.withdrawn}"
    return together(f"{row.ended} ({view.say(row.end_kind)})") if row.end_kind else view.app("not_known")


def residual_said(view: View, row: Any) -> str:
    return "–" if row.withdrawn else number(view, row.residual_days)


def project_act(view: View, row: Any) -> str:
    if row.act_not_found:
        return view.say("act_not_found")
    said = str(row.act or (view.say("no_act_cited") if row.term_on else "–"))
    return together(said)


def each(rows: pd.DataFrame) -> list[Any]:
    """Return the rows by name of their columns."""
    return [SimpleNamespace(**row) for row in page.records(rows)]


def together(words: str) -> str:
    """Keep a short cell on one line."""
    return words.replace(" ", NBSP) if len(words) < SHORT else words


def number(view: View, value: Any) -> str:
    return "–" if value is None else page.written(view, value, "count")


def day(view: View, value: Any) -> str:
    return page.written(view, value, "date")


def dates(view: View, found: Iterable[Any], none: str = "") -> list[str]:
    return [none if none and value is None else day(view, value) for value in found]


def counted(view: View, key: str, count: int, **others: object) -> str:
    return view.say(f"{key}.{'one' if count == 1 else 'many'}", count=count, **others)


asked_for = page.view(__file__)
left_out = asked_for.asked.without
# Terms hold for whole projects, and the page shows what is; what would be without an act stands in its own part.
whole = replace(asked_for, filters=asked_for.filters.having("without", ()).having("action_line", ()))
if whole.chosen("project"):
    trail.draw(asked_for, whole.chosen("project"), (whole.say("title"), ""))
view = replace(whole, project=choose_project(whole))
lines = asked_for.filters.all("action_line")
if lines:
    page.note(view, "lines_note")
rows = deadlines.terms(view.asked, view.lang)
decided = deadlines.decisions(view.asked, view.lang)
if rows.empty or decided.empty:
    page.unknown(view, view.say("none"))
elif decided["possible"].all():
    draw_cards(view, rows)
    draw_sentences(view, lines)
    draw_limits(view)
else:
    draw_cards(view, rows)
    draw_sentences(view, lines or tuple(view.names("action_line")))
    left, right = st.columns([7, 5], gap="large")
    with left:
        draw_steps(view, decided, rows)
    with right:
        draw_limits(view)
    draw_without(view, left_out, decided)
    draw_levels(view)
    draw_projects(view, rows)
    draw_decisions(view, decided)
    draw_table(view, rows)
