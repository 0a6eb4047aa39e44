from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import deviation, grid, trend
from impact_analytics.charts.frame import records
from impact_analytics.queries import Asked, Value, of_project, overview, progress, sources, value
from impact_analytics.ui import page, results, told
from impact_analytics.ui.page import Card, Column, View

EUR = progress.unit("incurred")
TABS = ("lines", "territories", "sheets")
LINES_DRAWN = 4
STATUS_SIGNS = {"on_track": "✓", "watch": "!", "late": "×"}
GRADE_SIGNS = {"received": "✓", "late": "!", "to_be_completed": "…", "missing": "×"}


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
    changed = change(view, found, course.get(since), since)
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


# ---------------------------------------------------------------- one project


def project_chosen(view: View) -> str:
    """Return the project whose sheets are read; blank where none is, or where the filters leave it out."""
    chosen = view.chosen("project")
    return chosen if chosen in progress.projects(view.asked, view.lang) else ""


def draw_project(view: View) -> None:
    known = progress.projects(view.asked, view.lang)
    left, _ = st.columns([5, 7])
    with left:
        chosen = page.choose(view, "project", known, view.say("project_label"), empty=view.say("project_empty"))
    if not chosen:
        page.paragraph(view.say("project_narrow"))
        return
    title = view.say("project_title", project=known[chosen])
    page.heading(title, view.app("as_of_line", day=page.written(view, view.as_of, "date")))
    periods = progress.sheets(view.asked, chosen, view.lang)
    if periods.empty:
        page.paragraph(view.say("project_no_sheets"))
        return
    draw_sheets(view, periods, progress.newest(view.asked, chosen, view.lang))
    page.foot(view, "project_sheets", title=title, sources=sources.cited(view.asked, "sheet"), basis=basis_of(periods))


def draw_sheets(view: View, periods: pd.DataFrame, sheet: progress.Newest | None) -> None:
    left, right = st.columns([8, 7], gap="medium")
    with left:
        draw_periods(view, periods)
    if sheet is None:
        page.paragraph(view.say("project_no_newest"))
        return
    with right:
        draw_measured(view, sheet)
    draw_amounts(view, sheet)
    draw_packages(view, sheet)
    draw_sheet_causes(view, sheet)


def draw_periods(view: View, periods: pd.DataFrame) -> None:
    shown = periods.assign(
        grade=[f"{GRADE_SIGNS[grade]} {view.app(f'grade.{grade}')}" for grade in periods["grade"]],
        due=[page.written(view, day, "date") for day in periods["due_on"]],
        received=[page.written(view, day, "date") if day else "–" for day in periods["received_on"]],
        late=[page.written(view, days, "days") if days else "–" for days in periods["late_days"]],
        version=["–" if version is None else str(version) for version in periods["version"]],
    )
    columns = [
        Column("period", view.say("col_period")),
        Column("grade", view.say("col_grade")),
        Column("due", view.say("col_due"), "right"),
        Column("received", view.say("col_received"), "right"),
        Column("late", view.say("col_late"), "right"),
        Column("version", view.say("col_version"), "right"),
    ]
    page.heading(view.say("periods_title"), level=3)
    page.table(unbroken(shown, "grade"), columns, caption=view.say("periods_title"))


def beside(view: View, sheet: progress.Newest) -> str:
    return view.say("beside", period=sheet.before_period) if sheet.before_id else view.say("beside_none")


def draw_amounts(view: View, sheet: progress.Newest) -> None:
    found = progress.amounts(view.asked, sheet, view.lang)
    names = ("budget", "committed", "committed_before", "incurred", "incurred_before")
    shown = found.assign(
        **{name: ["–" if v is None else page.written(view, v, "eur") for v in found[name]] for name in names}
    )
    before = view.say("col_before")
    columns = [
        Column("line", view.say("col_line")),
        Column("budget", view.say("col_budget"), "right"),
        Column("committed", view.say("col_committed"), "right"),
        Column("committed_before", before, "right"),
        Column("incurred", view.say("col_incurred"), "right"),
        Column("incurred_before", before, "right"),
    ]
    title = view.say("amounts_title", period=sheet.period)
    page.heading(title, beside(view, sheet), level=3)
    page.table(unbroken(shown, "line"), columns, caption=title)


def draw_measured(view: View, sheet: progress.Newest) -> None:
    found = progress.measured(view.asked, sheet, view.lang)
    if found.empty:
        return
    names = ("value", "before", "target")
    shown = found.assign(
        name=[view.say(f"of_{unit}", name=name) for name, unit in zip(found["name"], found["unit"], strict=True)],
        **{name: ["–" if v is None else page.written(view, v, "count") for v in found[name]] for name in names},
    )
    columns = [
        Column("line", view.say("col_line")),
        Column("name", view.say("col_indicator"), wide=True),
        Column("value", view.say("col_value"), "right"),
        Column("before", view.say("col_before"), "right"),
        Column("target", view.say("col_planned"), "right"),
    ]
    title = view.say("measured_title", period=sheet.period)
    page.heading(title, beside(view, sheet), level=3)
    page.table(unbroken(shown, "line"), columns, caption=title)


def draw_sheet_causes(view: View, sheet: progress.Newest) -> None:
    found = progress.causes_of(view.asked, sheet, view.lang)
    title = view.say("sheet_causes_title", period=sheet.period)
    page.heading(title, level=3)
    if found.empty:
        page.paragraph(view.say("no_causes"))
        return
    shown = unbroken(coded(view, found), "line", "origin", "nature")
    page.table(shown, cause_columns(view), caption=title)


def draw_packages(view: View, sheet: progress.Newest) -> None:
    found = progress.packages(view.asked, sheet, view.lang)
    if found.empty:
        return
    shown = found.assign(
        state=[view.app(f"state.{state}") for state in found["state"]],
        before=[view.app(f"state.{state}") if state else "–" for state in found["state_before"]],
        approved=[page.written(view, day, "date") for day in found["approved_end_on"]],
        expected=[page.written(view, day, "date") for day in found["expected_end_on"]],
        deviation=[said or view.say("no_deviation") for said in found["deviation"]],
    )
    columns = [
        Column("line", view.say("col_line")),
        Column("package", view.say("col_package")),
        Column("state", view.say("col_state")),
        Column("before", view.say("col_before")),
        Column("approved", view.say("col_approved"), "right"),
        Column("expected", view.say("col_expected"), "right"),
        Column("deviation", view.say("col_deviation"), wide=True),
    ]
    title = view.say("packages_title", period=sheet.period)
    page.heading(title, beside(view, sheet), level=3)
    page.table(unbroken(shown, "line", "state", "before"), columns, caption=title)


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
            view, "spent", title=view.say("spent_title"), data=lambda: spent_data(view, every), basis=basis_of(every)
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


# ---------------------------------------------------------------- causes in words


def coded(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return causes with words where nothing is coded."""
    none = view.say("not_coded")
    return rows.assign(**{name: [word or none for word in rows[name]] for name in ("origin", "nature")})


def unbroken(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Keep short names on one line beside long sentences."""
    return rows.assign(**{name: [(said or "–").replace(" ", "\u00a0") for said in rows[name]] for name in names})


def cause_columns(view: View) -> list[Column]:
    names = ("line", "origin", "nature")
    return [
        *(Column(name, view.say(f"col_{name}")) for name in names),
        Column("sentence", view.say("col_sentence"), wide=True),
    ]


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


DRAWN = dict(zip(TABS, (draw_progress, draw_grid, draw_project), strict=True))


def forget_project() -> None:
    st.session_state["project"] = ""


def tab_chosen(view: View, project: str) -> str:
    """Draw the parts of the page and return the one to show: a project chosen shows its sheets."""
    if project:
        st.session_state["tab"] = "sheets"
    elif st.session_state.get("tab") not in TABS:
        st.session_state["tab"] = TABS[0]
    chosen = st.segmented_control(
        view.say("tabs_label"),
        TABS,
        key="tab",
        required=True,
        on_change=forget_project,
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
    project = project_chosen(view)
    draw_cards(view, of_project(view.asked, project) if project else view.asked)
    if project:
        page.note(view, "cards_of_project", project=progress.projects(view.asked, view.lang)[project])
    DRAWN[tab_chosen(view, project)](view)
