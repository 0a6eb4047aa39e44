from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import deviation, grid, trend
from impact_analytics.charts.frame import records
from impact_analytics.queries import Asked, Value, overview, progress, sources, value
from impact_analytics.ui import freshness, page, results, told, trail
from impact_analytics.ui.page import Card, Column, View

EUR = progress.unit("incurred")
SPENT = ("expenditure_progress", "budget_progress")
TABS = ("lines", "territories")
LINES_DRAWN = 4
STATUS_SIGNS = {"on_track": "✓", "watch": "!", "late": "×"}


def basis_of(rows: pd.DataFrame) -> str:
    return next((str(basis) for basis in rows["basis"] if basis), "") if "basis" in rows else ""


# ---------------------------------------------------------------- cards


def draw_cards(view: View, asked: Asked) -> None:
    by_line = "action_line" in asked.chosen
    spent = "budget_progress" if by_line else "expenditure_progress"
    cards = [clock_card(view, asked, name) for name in (spent, "time_progress", "physical_progress")]
    page.cards([*cards, gap_card(view, value(asked, "gap"))])
    if by_line:
        page.note(view, "whose_line")


def clock_card(view: View, asked: Asked, name: str) -> Card:
    since = progress.a_year_before(view.as_of)
    course = progress.course(asked, name, page.days_between(view, since))
    spark = trend.sparkline_svg([page.number(point) for point in course.values()], view.look)
    found = value(asked, name)
    recent = freshness.brief(view, asked) if name in SPENT else ""
    changed = "; ".join(filter(None, (change(view, found, course.get(since), since), recent)))
    return page.card_of(view, found, label=progress.name(name, view.lang), note=changed, spark=spark)


def change(view: View, found: Value, before: Any, day: date) -> str:
    """Say how a share has moved since a day; nothing where it was not known then."""
    if found.value is None or before is None:
        return ""
    since = page.written(view, day, "date")
    if found.value == before:
        return view.app("no_change_since", day=since)
    return view.app("change_since", difference=page.moved(view, found.value - before, found.unit), day=since)


def gap_card(view: View, found: Value) -> Card:
    label = progress.name(found.metric, view.lang)
    said = progress.status(found, view.programme.thresholds)
    if not said:
        return page.card_of(view, found, label=label)
    limits = {
        name: page.written(view, view.programme.thresholds[f"gap_{name}_points"], "count") for name in ("watch", "late")
    }
    note = view.say("gap_status", sign=STATUS_SIGNS[said], word=view.say(f"status.{said}"), **limits)
    card = page.card_of(view, found, label=label, note=note, status=said)
    return replace(card, value=page.moved(view, found.value, "points"))


# ---------------------------------------------------------------- expenditure and clocks


def draw_spent(view: View) -> None:
    every = progress.incurred(view.asked, view.lang)
    last = every.groupby("series")["value"].last().sort_values(ascending=False)
    rows = every[every["series"].isin(set(last.index[:LINES_DRAWN]))]
    acts = progress.acts(view.asked, view.lang)
    if every["on"].nunique() < 2:
        page.heading(view.say("spent_title"), page.subtitle(view, view.say("spent_unit")), level=3)
        page.paragraph(view.say("spent_one", period=every["period"].iloc[0]))
        page.foot(
            view,
            "spent",
            title=view.say("spent_title"),
            data=lambda: spent_data(view, every),
            basis=basis_of(every),
            metrics=("incurred",),
        )
    else:
        page.chart(
            view,
            "spent",
            lambda: trend.lines(rows, view.look, view.lang, unit=EUR, acts=acts),
            alt=lambda: trend.lines_alt(rows, view.lang, unit=EUR, acts=acts),
            title=view.say("spent_title"),
            subtitle=page.subtitle(view, view.say("spent_unit")),
            data=lambda: spent_data(view, every),
            sources=sources.cited(view.asked, "sheet"),
            basis=basis_of(every),
            metrics=("incurred",),
            on_click=page.narrowing("action_line"),
        )
    page.paragraph(" ".join(spent_notes(view, every, len(last))), quiet=True)


def spent_notes(view: View, every: pd.DataFrame, count: int) -> list[str]:
    """Say what a reader must know of the course: the school year, lines left out, sheets that are late or missing."""
    said = []
    school = progress.school_lines(view.asked, view.lang)
    if school and every["period_id"].str.contains("Q3").any():
        said.append(view.say("spent_school", lines=school))
    if count > LINES_DRAWN:
        said.append(view.say("spent_more"))
    if known := progress.arrived(view.asked, view.lang):
        said.append(view.say("spent_arrived", period=known.period, sheets=known.sheets, projects=known.projects))
        if known.missing:
            said.append(view.say("spent_missing", count=known.missing))
    return said


def spent_data(view: View, every: pd.DataFrame) -> page.Data:
    labels = dict(zip(every["series"], every["label"], strict=True))
    values = {(row.period, row.series): page.written(view, row.value, "eur") for row in records(every)}
    periods = list(dict.fromkeys(every["period"]))
    shown = pd.DataFrame({"period": periods} | {line: [values[period, line] for period in periods] for line in labels})
    amounts = [Column(line, label, "right") for line, label in labels.items()]
    return shown, [Column("period", view.say("col_period")), *amounts]


def draw_none(view: View, chart: str) -> None:
    """Say under a chart's question that there is no active project to answer it."""
    page.heading(view.say(f"{chart}_title"), page.subtitle(view), level=3)
    page.paragraph(view.say("none_active"))


def draw_clocks(view: View) -> None:
    rows = progress.clocks(view.asked, view.lang)
    if rows.empty:
        draw_none(view, "clocks")
        return

    page.chart(
        view,
        "clocks",
        lambda: deviation.clocks(rows, view.look, view.lang),
        alt=lambda: deviation.clocks_alt(rows, view.lang),
        title=view.say("clocks_title"),
        subtitle=page.subtitle(view, view.say("clocks_unit")),
        data=lambda: clocks_data(view, rows),
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(rows),
        metrics=progress.CLOCKS,
        on_click=page.narrowing("action_line"),
    )


def clocks_data(view: View, rows: pd.DataFrame) -> page.Data:
    clocks = ("time", "physical", "expenditure")
    gaps = [None if None in (t, p) else p - t for t, p in zip(rows["time"], rows["physical"], strict=True)]
    shown = rows.assign(
        gap=[page.moved(view, gap, "share") for gap in gaps],
        **{name: [page.written(view, share, "share") for share in rows[name]] for name in clocks},
    )
    named = [Column(name, view.say(f"col_{name}"), "right") for name in (*clocks, "gap")]
    return shown, [Column("label", view.say("col_line")), *named]


# ---------------------------------------------------------------- line × territory


def draw_grid(view: View) -> None:
    known = progress.split_metrics(view.asked, view.lang)
    page.heading(view.say("grid_title"), level=2)
    left, _ = st.columns([5, 7])
    with left:
        metric = page.choose(view, "metric", known, view.say("grid_metric"))
    rows = progress.grid(view.asked, metric, view.lang, view.say("line_missing"))
    if rows.empty:
        page.paragraph(view.say("none_active"))
        note_withdrawn(view)
        return
    unit = progress.unit(metric)
    highest = max((float(found) for found in rows["value"] if found is not None), default=0.0)

    page.chart(
        view,
        f"grid_{metric}",
        lambda: grid.heat(rows, view.look, view.lang, unit=unit, maximum=highest if highest > 0 else 1e-9),
        alt=lambda: grid.heat_alt(rows, view.lang, unit=unit),
        title=known[metric],
        subtitle=page.subtitle(view, progress.definition(metric, view.lang).rstrip(".")),
        data=lambda: grid_data(view, rows, unit.id),
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(rows),
        metrics=(metric,),
        on_click=page.narrowing("territory"),
    )
    page.note(view, "grid_note")
    note_withdrawn(view)


def grid_data(view: View, rows: pd.DataFrame, unit: str) -> page.Data:
    lines = dict(zip(rows["column_id"], rows["column"], strict=True))
    cells = {(row.row, row.column_id): row for row in records(rows)}
    places = list(dict.fromkeys(rows["row"]))
    written = {
        line: [page.written(view, cells[at, line].value, unit, basis=cells[at, line].basis) for at in places]
        for line in lines
    }
    columns = [Column(line, label, "right") for line, label in lines.items()]
    return pd.DataFrame({"place": places} | written), [Column("place", view.say("col_territory")), *columns]


def note_withdrawn(view: View) -> None:
    if gone := progress.withdrawn(view.asked, view.lang):
        page.note(view, "grid_withdrawn", territories=gone)


# ---------------------------------------------------------------- the page


def draw_progress(view: View) -> None:
    results.draw_lines(view)
    told.draw_statements(view)
    left, right = st.columns([7, 5], gap="large")
    with left:
        draw_spent(view)
    with right:
        draw_clocks(view)
    results.draw_targets(view)
    told.draw_gaps(view, view.spec.slug)


DRAWN = dict(zip(TABS, (draw_progress, draw_grid), strict=True))


def tab_chosen(view: View) -> str:
    """Draw the parts of the page and return the one to show."""
    if st.session_state.get("tab") not in TABS:
        st.session_state["tab"] = TABS[0]
    chosen = st.segmented_control(
        view.say("tabs_label"),
        TABS,
        key="tab",
        required=True,
        format_func=lambda id: view.say(f"tabs.{id}"),
        label_visibility="collapsed",
    )
    return str(chosen)


def draw_published(view: View) -> None:
    results.draw_lines(view)
    told.draw_statements(view)
    results.draw_targets(view)
    told.draw_gaps(view, view.spec.slug)


view = page.view(__file__)
if not overview.monitored(view.snapshot):
    page.unknown(view, view.say("no_money" if value(view.asked, "budget").value is None else "no_monitoring"))
    draw_published(view)
elif progress.incurred(view.asked, view.lang).empty:
    page.paragraph(view.say("no_sheets"))
    draw_published(view)
else:
    if len(view.asked.chosen.get("action_line", ())) == 1:
        trail.draw(view)
    draw_cards(view, view.asked)
    DRAWN[tab_chosen(view)](view)
