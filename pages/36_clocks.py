from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import deviation, trend
from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import Asked, Value, clocks, deadlines, of_project, overview, sources, values
from impact_analytics.ui import downloads, markup, page, told, trail
from impact_analytics.ui.page import Card, Column, View

CARDS = ("time_progress", "physical_progress", "expenditure_clock")
GAPS = ("gap", "expenditure_gap")
SHARES = ("time", "physical", "expenditure")
MOVES = ("gap", "expenditure_gap")
SCHOOL = tuple(clocks.SCHOOL.values())[:3]
SIGNS = {"on_track": "✓", "watch": "!", "late": "×", "": "–"}
POINTS, SHARE = page.UNITS["points"], page.UNITS["share"]
ROWS_DRAWN, ROWS_SHOWN = 5, 8


def choose_project(picked: list[str]) -> None:
    """Show the project clicked."""
    if picked:
        st.session_state["project"] = picked[0]


def basis_of(rows: pd.DataFrame) -> str:
    return next((str(basis) for basis in rows["basis"] if basis), "")


def status_said(view: View, status: str) -> str:
    return f"{SIGNS[status]} {view.say(f'status.{status}')}" if status else "–"


# ---------------------------------------------------------------- cards


def draw_cards(view: View, asked: Asked) -> None:
    school = clocks.school_asked(asked)
    found = values(asked, (*CARDS, *GAPS))
    cards = [page.card_of(view, found[name]) for name in CARDS]
    cards += [gap_card(view, found[name]) for name in GAPS]
    if school:
        cards.append(gap_card(view, values(school, ("school_gap",))["school_gap"]))
    page.cards(cards)
    draw_thresholds(view)


def gap_card(view: View, found: Value) -> Card:
    """Return a gap with its sign, and how it stands by the thresholds."""
    status = clocks.standing(found.value, view.programme.thresholds)
    card = page.card_of(view, found, note=status_said(view, status) if status else "", status=status)
    return replace(card, value=page.moved(view, found.value, "points")) if status else card


def draw_thresholds(view: View) -> None:
    """Say from where on a gap is watched or late, and on what ground."""
    limits, grounds = view.programme.thresholds, view.programme.grounds
    named = {name: limits.get(f"gap_{name}_points") for name in ("watch", "late")}
    if None in named.values():
        page.note(view, "no_thresholds")
        return
    ground = grounds.get("gap_late_points", {}).get(view.lang, view.say("no_ground"))
    page.note(view, "thresholds", ground=ground, **{name: page.written(view, n, "count") for name, n in named.items()})


# ---------------------------------------------------------------- clocks as charts


def draw_clocks(
    view: View, key: str, rows: pd.DataFrame, on_click: Callable[[list[str]], None], asked: Asked, *, named: str = ""
) -> None:
    """Draw three marks a row: of projects or of lines."""
    drawn = rows.head(ROWS_DRAWN)
    page.chart(
        view,
        key,
        lambda: deviation.clocks(drawn, view.look, view.lang),
        alt=lambda: deviation.clocks_alt(drawn, view.lang),
        title=view.say(f"{key}_title"),
        subtitle=page.subtitle(view, view.say("clocks_unit"), of=named),
        data=lambda: table_data(view, rows, key),
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(rows),
        metrics=tuple(clocks.CLOCKS.values()),
        asked=asked,
        on_click=on_click,
    )
    if len(rows) > len(drawn):
        page.note(view, "rows_drawn", shown=len(drawn), total=len(rows))


# ---------------------------------------------------------------- clocks as a table


def table_data(view: View, rows: pd.DataFrame, key: str) -> page.Data:
    """Return the clocks in words; projects are linked to their pages."""
    shown = rows.assign(
        status=[status_said(view, status) for status in rows["status"]],
        indicators=[indicators_said(view, *pair) for pair in zip(rows["targets"], rows["lacking"], strict=True)],
        url=[view.link("project", project=id) if "territory" in rows else "" for id in rows["id"]],
        **{name: [page.written(view, share, "share") for share in rows[name]] for name in SHARES},
        **{name: [page.moved(view, gap, "points") for gap in rows[name]] for name in MOVES},
    )
    first = "col_line" if key.startswith("lines") else "col_project"
    columns = [
        Column("label", view.say(first), link="url"),
        *(Column(name, view.say(f"col_{name}"), "right") for name in (*SHARES, *MOVES)),
        Column("status", view.say("col_status")),
        Column("indicators", view.say("col_indicators"), "right"),
    ]
    return shown, columns


def indicators_said(view: View, targets: int, lacking: int) -> str:
    return view.say("indicators", count=targets, total=targets + lacking) if targets + lacking else "–"


def draw_table(view: View, rows: pd.DataFrame) -> None:
    """Draw every project as a row, with files to take away."""
    title = view.say("table_title")
    page.heading(title, page.subtitle(view, view.say("table_unit")), level=3)
    shown, columns = table_data(view, rows.head(ROWS_SHOWN), "projects")
    draw_rows(shown, columns, title)
    if len(rows) > ROWS_SHOWN:
        page.note(view, "rows_shown", shown=ROWS_SHOWN, total=len(rows))
    draw_physical_note(view, rows)
    with st.container(horizontal=True):
        downloads.draw(view, "clocks", lambda: sheet(view, rows), lambda: notes(view))
    page.foot(
        view,
        "table",
        title=title,
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(rows),
        metrics=tuple(clocks.CLOCKS.values()),
    )


def draw_rows(shown: pd.DataFrame, columns: Sequence[Column], caption: str) -> None:
    """Draw a table with room between its numbers and the words after them."""
    unbroken = shown.assign(
        **{name: [said.replace(" ", "\u00a0") for said in shown[name]] for name in ("status", "label")}
    )
    st.html(markup.table(unbroken, columns, caption=caption, classes="moved"))


def draw_physical_note(view: View, rows: pd.DataFrame) -> None:
    """Say how many indicators physical progress stands on."""
    targets, lacking = (sum(rows[name]) for name in ("targets", "lacking"))
    if lacking:
        page.note(view, "physical_note", targets=targets, total=targets + lacking, lacking=lacking)
    elif targets:
        page.note(view, "physical_note_all", targets=targets)


def sheet(view: View, rows: pd.DataFrame) -> Sheet:
    said = rows.assign(status=[view.say(f"status.{status}") if status else "" for status in rows["status"]])
    fields = [
        Field("label", view.say("col_project")),
        Field("id", view.say("col_id")),
        *(Field(name, view.say(f"col_{name}"), "share") for name in SHARES),
        *(Field(name, view.say(f"col_{name}"), "points") for name in MOVES),
        Field("status", view.say("col_status")),
        Field("targets", view.say("col_targets"), "count"),
        Field("lacking", view.say("col_lacking"), "count"),
    ]
    return Sheet(view.say("sheet"), said, fields)


def notes(view: View) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the clocks: of when, how narrowed, on what ground."""
    return downloads.notes(view, sources=sources.cited(view.asked, "sheet"))


# ---------------------------------------------------------------- the course of the gap


def draw_course(view: View, key: str, rows: pd.DataFrame, unit: Any, asked: Asked, *, named: str = "") -> None:
    """Draw lines over the ends of periods; of a single day there is no course yet."""
    title, subtitle = view.say(f"{key}_title"), page.subtitle(view, view.say(f"{key}_unit"), of=named)
    if rows["on"].nunique() < 2:
        page.heading(title, subtitle, level=3)
        page.paragraph(view.say("no_course"))
        return
    page.chart(
        view,
        key,
        lambda: trend.lines(rows, view.look, view.lang, unit=unit),
        alt=lambda: trend.lines_alt(rows, view.lang, unit=unit),
        title=title,
        subtitle=subtitle,
        data=lambda: course_data(view, rows, unit.id),
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(rows),
        metrics=("gap",) if unit is POINTS else SCHOOL,
        asked=asked,
    )


def course_data(view: View, rows: pd.DataFrame, unit: str) -> page.Data:
    labels = dict(zip(rows["series"], rows["label"], strict=True))
    cells = {(row["on"], row["series"]): row["value"] for row in page.records(rows)}
    write = page.moved if unit == "points" else page.written
    days = list(dict.fromkeys(rows["on"]))
    shown = pd.DataFrame(
        {"on": [page.written(view, on, "date") for on in days]}
        | {f"of_{id}": [write(view, cells.get((on, id)), unit) for on in days] for id in labels},
        dtype=object,
    )
    columns = [Column(f"of_{id}", label, "right") for id, label in labels.items()]
    return shown, [Column("on", view.say("col_on")), *columns]


def gap_rows(view: View, project: str) -> pd.DataFrame:
    if project:
        return clocks.gap_of_project(view.asked, project, view.lang, view.say("everywhere"))
    return clocks.gap_of_lines(view.asked, view.lang)


# ---------------------------------------------------------------- school time


def draw_school(view: View, asked: Asked, project: str = "", named: str = "") -> None:
    """Draw calendar and school time of the lines that keep to the school year; nothing where there is none."""
    rows = clocks.school_lines(asked, view.lang)
    if rows.empty:
        return
    page.heading(view.say("school_heading"), page.subtitle(view, of=named))
    left, right = st.columns([7, 5], gap="large")
    with left:
        words = {id: view.say(f"school_{id}") for id in ("time", "school", "physical")}
        draw_course(
            view, "school", clocks.school(asked, words), SHARE, clocks.school_asked(asked) or asked, named=named
        )
    with right:
        page.heading(view.say("school_table_title"), view.say("school_table_unit"), level=3)
        page.table(*school_data(view, rows), caption=view.say("school_table_title"))
        draw_school_words(view, asked, project)


def draw_school_words(view: View, asked: Asked, project: str) -> None:
    """Say what school time is, why a quarter is flat, and how many school days of a project are gone."""
    page.note(view, "school_note", **deadlines.school_span(view.asked, view.lang))
    days = clocks.school_days(asked, project) if project else None
    if days:
        gone, planned = (page.written(view, number, "days") for number in days)
        page.note(view, "school_days", gone=gone, planned=planned)


def school_data(view: View, rows: pd.DataFrame) -> page.Data:
    """Return the measures down and the lines across: a line has more measures than a programme has such lines."""
    measures = {"school_time": "time", "school_school": "school", "school_physical": "physical"}
    gaps = {"col_gap_calendar": "gap", "col_gap_school": "school_gap"}
    told = {"measure": [view.say(name) for name in (*measures, *gaps)]}
    for row in page.records(rows):
        shares = [page.written(view, row[name], "share") for name in measures.values()]
        told[f"line_{row['id']}"] = [*shares, *(page.moved(view, row[name], "points") for name in gaps.values())]
    columns = [Column(f"line_{row['id']}", row["label"], "right") for row in page.records(rows)]
    return pd.DataFrame(told, dtype=object), [Column("measure", view.say("col_measure")), *columns]


# ---------------------------------------------------------------- the page


def draw_every(view: View) -> None:
    """Draw all projects, furthest behind first, beside the lines."""
    rows = clocks.by_project(view.asked, view.lang)
    left, right = st.columns([7, 5], gap="large")
    with left:
        draw_clocks(view, "projects", rows, choose_project, view.asked)
        page.note(view, "projects_note")
    with right:
        draw_clocks(view, "lines", clocks.by_line(view.asked, view.lang), page.narrowing("action_line"), view.asked)
        draw_course(view, "gap_lines", gap_rows(view, ""), POINTS, view.asked)
    draw_table(view, rows)
    draw_school(view, view.asked)


def draw_one(view: View, project: str, named: str) -> None:
    """Draw one project: its lines, and its gap beside that of all."""
    asked = of_project(view.asked, project)
    rows = clocks.by_line(view.asked, view.lang, project)
    left, right = st.columns([6, 6], gap="large")
    with left:
        draw_clocks(view, "lines_project", rows, page.narrowing("action_line"), asked, named=named)
    with right:
        draw_course(view, "gap_project", gap_rows(view, project), POINTS, asked, named=named)
    shown, columns = table_data(view, rows, "lines")
    page.heading(view.say("lines_table_title"), page.subtitle(view, of=named), level=3)
    draw_rows(shown, columns, view.say("lines_table_title"))
    draw_physical_note(view, rows)
    draw_school(view, asked, project, named)


def draw_measured(view: View, projects: dict[str, str]) -> None:
    left, _ = st.columns([5, 7])
    with left:
        project = page.choose(view, "project", projects, view.say("project"), empty=view.say("project_all"))
    if project:
        trail.draw(view, project, (view.say("title"), ""))
    draw_cards(view, of_project(view.asked, project) if project else view.asked)
    if project:
        draw_one(view, project, projects[project])
    else:
        draw_every(view)


view = page.view(__file__)
if not overview.monitored(view.snapshot):
    page.unknown(view, view.say("no_monitoring"))
    page.bullets([page.linked(view.link("deadlines"), view.say("see_deadlines"))])
    told.draw_statements(view)
    told.draw_gaps(view, "progress")
elif projects := clocks.projects(view.asked, view.lang):
    draw_measured(view, projects)
else:
    page.paragraph(view.say("none_active"))
