from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import deviation, grid, trend
from impact_analytics.charts.frame import records
from impact_analytics.queries import Asked, Value, of_project, overview, progress, sources, value
from impact_analytics.ui import markup, page, told
from impact_analytics.ui.page import Card, Column, View

EUR = progress.unit("incurred")
TABS = ("lines", "territories", "sheets")
LINES_DRAWN = 4
TARGETS_SHOWN = 8
UNITS_APART = {"persons": "persons", "contacts": "contacts", "count": "other", "hours": "other"}
STATUS_SIGNS = {"on_track": "✓", "watch": "!", "late": "×"}
GRADE_SIGNS = {"received": "✓", "late": "!", "to_be_completed": "…", "missing": "×"}


def narrow_to(id: str) -> Callable[[list[str]], None]:
    """Return what a click does: narrow a dimension to the first id clicked, or widen it again."""

    def narrow(picked: list[str]) -> None:
        if picked:
            st.session_state[id] = [] if st.session_state.get(id) == picked[:1] else picked[:1]

    return narrow


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


# ---------------------------------------------------------------- line by line


def counted(view: View, number: Any, unit: str) -> str:
    """Return a number with what it counts: persons, people reached, hours."""
    if unit == "contacts":
        return view.say("contacts", count=page.written(view, number, "count"))
    return page.written(view, number, unit)


def figure(view: View, row: Any) -> str:
    """Return a published number with what the source says of it."""
    return view.app(f"qualifier.{row.qualifier}", value=counted(view, row.value, row.unit))


def indicator_html(view: View, row: Any) -> str:
    reached = view.say("indicator_count", reached=row.reached, projects=row.projects)
    if row.value is None:
        shown, note = reached, view.say("indicator_persons")
    else:
        shown = counted(view, row.value, row.unit)
        target = page.written(view, row.target, "count")
        said = "indicator_one" if row.projects == 1 else "indicator_sum"
        note = view.say(said, target=target, reached=row.reached, projects=row.projects)
    return f"<dt>{markup.escape(shown)}</dt><dd>{markup.escape(row.name)}<span>{markup.escape(note)}</span></dd>"


def published_html(view: View, found: list[Any]) -> str:
    parts = []
    for (place, day, source, url), some in groupby(found, lambda row: (row.place, row.day, row.source, row.url)):
        rows = list(some)
        link = f" · {markup.anchor(url, source, outside=True)}" if url else ""
        said = f"<span>{markup.escape(f'{place}, {day}')}{link}</span>"
        for row in rows:
            last = said if row is rows[-1] else ""
            parts.append(f"<dt>{markup.escape(figure(view, row))}</dt><dd>{markup.escape(row.name)}{last}</dd>")
    return "".join(parts)


def block_html(view: View, head: tuple[str, str, str], measured: list[Any], published: list[Any]) -> str:
    """Return a line (colour, name, title) as a block: what the sheets measure, then what was published, kinds apart."""
    color, name, title = head
    shown = list({row.name: row for row in reversed(published)}.values())[::-1] if measured else published
    parts = [f"<h3>{markup.escape(name)}</h3><p>{markup.escape(title)}</p>"]
    if measured:
        rows = "".join(indicator_html(view, row) for row in measured)
        parts.append(f"<h4>{markup.escape(view.say('group_sheets'))}</h4><dl>{rows}</dl>")
    for group in ("persons", "contacts", "other"):
        some = [row for row in shown if UNITS_APART[row.unit] == group]
        if some:
            parts.append(f"<h4>{markup.escape(view.say(f'group_{group}'))}</h4><dl>{published_html(view, some)}</dl>")
    if not (published or measured):
        parts.append(f'<p class="quiet">{markup.escape(view.say("lines_none"))}</p>')
    if len(shown) < len(published):
        more = view.say("results_more", count=len(published) - len(shown))
        parts.append(f'<p class="quiet">{markup.escape(more)}</p>')
    return f'<section class="line" style="border-left-color:{color}">{"".join(parts)}</section>'


def line_head(view: View, line: Any) -> tuple[str, str, str]:
    color = view.look.series[line.place % len(view.look.series)]
    return color, line.name if line.line in line.name else f"{line.line} · {line.name}", line.title


def draw_lines(view: View) -> None:
    lines = progress.lines(view.asked, view.lang)
    published = records(progress.results(view.asked, view.lang))
    measured = records(progress.indicators(view.asked, view.lang))
    blocks = [
        block_html(
            view,
            line_head(view, line),
            [row for row in measured if row.line == line.line],
            [row for row in published if row.line == line.line],
        )
        for line in records(lines)
    ]
    loose = [row for row in published if row.line is None]
    across = [row for row in measured if row.line is None]
    narrowed = "action_line" in view.asked.chosen
    if not narrowed and (loose or across):
        which = "several" if across else "missing"
        head = (view.look.quiet, view.say(f"line_{which}"), view.say(f"line_{which}_title"))
        blocks.append(block_html(view, head, across, loose))
    page.heading(view.say("lines_title"), page.subtitle(view))
    st.html(f'<div class="lines">{"".join(blocks)}</div>')
    page.note(view, "lines_note")
    if narrowed and loose:
        page.note(view, "results_without_line", count=len(loose))
    foot_of_lines(view, published)


def foot_of_lines(view: View, published: list[Any]) -> None:
    names = view.names("action_line")

    def data() -> page.Data:
        shown = pd.DataFrame(
            {
                "line": [names.get(row.line, view.say("line_missing")) for row in published],
                "name": [row.name for row in published],
                "value": [figure(view, row) for row in published],
                "place": [row.place for row in published],
                "day": [row.day for row in published],
                "source": [row.source for row in published],
                "url": [row.url for row in published],
            }
        )
        headings = ("line", "result", "value", "territory", "day")
        columns = [
            Column(name, view.say(f"col_{heading}"), wide=heading == "result")
            for name, heading in zip(shown.columns, headings, strict=False)
        ]
        return shown, [*columns, Column("source", view.say("col_source"), link="url")]

    page.foot(
        view,
        "results",
        title=view.say("lines_title"),
        data=data if published else None,
        sources=cited(published),
    )


def cited(found: list[Any]) -> list[tuple[str, str]]:
    """Return the sources of what is shown, each once."""
    return list(dict.fromkeys((row.source, row.url) for row in found))


def draw_targets(view: View) -> None:
    found = progress.targets(view.asked, view.lang)
    page.heading(view.say("targets_title"), page.subtitle(view))
    if found.empty:
        page.paragraph(view.say("targets_none"))
        return
    rows = records(found)[:TARGETS_SHOWN]
    page.table(*targets_data(view, rows), caption=view.say("targets_title"))
    page.note(view, "targets_note")
    if len(found) > len(rows):
        page.note(view, "targets_more", count=len(found) - len(rows))
    page.foot(view, "targets", title=view.say("targets_title"), sources=cited(rows))


def targets_data(view: View, rows: list[Any]) -> page.Data:
    shown = pd.DataFrame(
        {
            "place": [row.place for row in rows],
            "what": [row.what if row.name is None else f"{row.name}: {row.what}" for row in rows],
            "kind": [view.say(f"kind_{row.unit}") for row in rows],
            "target": [figure(view, row) for row in rows],
            "reached": [reached(view, row) for row in rows],
            "source": [row.source for row in rows],
            "url": [row.url for row in rows],
        }
    )
    columns = [
        Column("place", view.say("col_territory")),
        Column("what", view.say("col_target"), wide=True),
        Column("kind", view.say("col_kind")),
        Column("target", view.say("col_value"), "right"),
        Column("reached", view.say("col_reached"), "right"),
    ]
    linked = [Column("source", view.say("col_source"), link="url")] if any(row.url for row in rows) else []
    return shown, [*columns, *linked]


def reached(view: View, row: Any) -> str:
    if row.reached is None:
        return view.app("not_known")
    return view.app(f"qualifier.{row.reached_qualifier}", value=counted(view, row.reached, row.unit))


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
            on_click=narrow_to("action_line"),
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
        on_click=narrow_to("action_line"),
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
        on_click=narrow_to("territory"),
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
    draw_lines(view)
    told.draw_statements(view)
    left, right = st.columns([7, 5], gap="large")
    with left:
        draw_spent(view)
    with right:
        draw_clocks(view)
    draw_targets(view)
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
    draw_lines(view)
    told.draw_statements(view)
    draw_targets(view)
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
