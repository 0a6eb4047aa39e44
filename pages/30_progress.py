from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import deviation, distribution, grid, trend
from impact_analytics.charts.frame import records
from impact_analytics.exports import csv_file
from impact_analytics.queries import Asked, Value, overview, progress, sources, value
from impact_analytics.ui import markup, page
from impact_analytics.ui.page import Card, Column, View

EUR = progress.unit("incurred")
TABS = ("lines", "territories", "causes")
LINES_DRAWN = 4
SENTENCES_SHOWN = 16
TARGETS_SHOWN = 8
UNITS_APART = {"persons": "persons", "contacts": "contacts", "count": "other", "hours": "other"}
STATUS_SIGNS = {"on_track": "✓", "watch": "!", "late": "×"}


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


def draw_statements(view: View) -> None:
    found = progress.statements(view.asked, view.lang)
    page.heading(view.say("statements_title"))
    if found.empty:
        page.paragraph(view.say("statements_none"))
        return
    st.html("".join(quote_html(view, row) for row in records(found)))


def quote_html(view: View, row: Any) -> str:
    meaning = markup.escape(view.say("statement_meaning", meaning=row.meaning))
    source = markup.anchor(row.url, row.source, outside=True) if row.url else markup.escape(row.source)
    about = markup.escape(f"{row.line or view.say('statement_all')} · {row.day}")
    return (
        f'<blockquote class="quote"><span lang="{markup.escape(row.quote_lang)}">«{markup.escape(row.quote)}»</span>'
        f"<cite>{meaning}<br>{about} · {source}</cite></blockquote>"
    )


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


def draw_gaps(view: View) -> None:
    found = progress.gaps(view.asked, view.lang, view.spec.slug)
    if found.empty:
        return
    page.heading(view.say("gaps_title"), view.say("gaps_lead"))
    page.bullets([f"<b>{markup.escape(row.title)}</b>{page.quietly(row.reason)}" for row in records(found)])


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


# ---------------------------------------------------------------- states and causes


def draw_states(view: View) -> None:
    rows = progress.states(view.asked, view.lang)
    if rows.empty:
        draw_none(view, "states")
        return

    def data() -> page.Data:
        shown = rows.assign(
            state=[view.app(f"state.{state}") for state in rows["state"]],
            value=[page.written(view, found, "count") for found in rows["value"]],
        )
        columns = [Column("label", view.say("col_line")), Column("state", view.say("col_state"))]
        return shown, [*columns, Column("value", view.say("col_count"), "right")]

    page.chart(
        view,
        "states",
        lambda: distribution.states(rows, view.look, view.lang),
        alt=lambda: distribution.states_alt(rows, view.lang),
        title=view.say("states_title"),
        subtitle=page.subtitle(view, view.say("states_unit")),
        data=data,
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(rows),
        on_click=narrow_to("action_line"),
    )


def draw_causes(view: View) -> None:
    rows = progress.causes(view.asked, view.lang)
    across = rows.rename(columns={"origin": "nature", "nature": "origin"})
    if rows.empty:
        page.heading(view.say("causes_title"), page.subtitle(view, view.say("causes_unit")), level=3)
        page.paragraph(view.say("causes_none"))
        return
    page.chart(
        view,
        "causes",
        lambda: grid.causes(across, view.look, view.lang),
        alt=lambda: grid.causes_alt(across, view.lang),
        title=view.say("causes_title"),
        subtitle=page.subtitle(view, view.say("causes_unit")),
        data=lambda: causes_data(view, rows),
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(rows),
        on_click=choose_nature(view),
    )
    uncoded = [n for n, *pair in zip(rows["value"], rows["origin"], rows["nature"], strict=True) if None in pair]
    if any(uncoded):
        page.note(view, "causes_uncoded", count=sum(uncoded), total=sum(rows["value"]))


def causes_data(view: View, rows: pd.DataFrame) -> page.Data:
    found = rows[rows["value"] > 0]
    shown = coded(view, found).assign(value=[page.written(view, count, "count") for count in found["value"]])
    columns = [Column("origin", view.say("col_origin")), Column("nature", view.say("col_nature"))]
    return shown, [*columns, Column("value", view.say("col_count"), "right")]


def coded(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return causes with words where nothing is coded."""
    none = view.say("not_coded")
    return rows.assign(**{name: [word or none for word in rows[name]] for name in ("origin", "nature")})


def unbroken(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Keep short names on one line beside long sentences."""
    return rows.assign(**{name: [(said or "–").replace(" ", "\u00a0") for said in rows[name]] for name in names})


def choose_nature(view: View) -> Callable[[list[str]], None]:
    by_name = {name: id for id, name in progress.natures(view.asked, view.lang).items()}

    def choose(picked: list[str]) -> None:
        if picked:
            wanted = by_name.get(picked[0], "none")
            st.session_state["nature"] = "" if st.session_state.get("nature") == wanted else wanted

    return choose


def cause_columns(view: View) -> list[Column]:
    names = ("line", "origin", "nature")
    return [
        *(Column(name, view.say(f"col_{name}")) for name in names),
        Column("sentence", view.say("col_sentence"), wide=True),
    ]


def draw_sentences(view: View) -> None:
    known = progress.natures(view.asked, view.lang) | {"none": view.say("not_coded")}
    page.heading(view.say("sentences_title"), view.say("sentences_lead"), level=3)
    left, _ = st.columns([5, 7])
    with left:
        nature = page.choose(view, "nature", known, view.say("nature_label"), empty=view.say("nature_all"))
    every = progress.sentences(view.asked, view.lang, nature)
    if every.empty:
        page.paragraph(view.say("causes_none"))
        return
    found = every.head(SENTENCES_SHOWN)
    shown = unbroken(coded(view, found), "place", "line", "origin", "nature").assign(
        url=[view.link("sheets", project=id) for id in found["project_id"]]
    )
    columns = [
        Column("period", view.say("col_period")),
        Column("place", view.say("col_territory"), link="url"),
        *cause_columns(view),
    ]
    page.table(shown, columns, caption=view.say("sentences_title"))
    page.note(view, "sentences_shown", shown=len(found), total=len(every))
    offer_sentences(view, every, columns)


def offer_sentences(view: View, every: pd.DataFrame, columns: list[Column]) -> None:
    headings = {column.name: column.heading for column in columns}
    mark = view.app("example_band") if view.example else ""
    st.download_button(
        view.app("download_csv"),
        lambda: csv_file(coded(view, every)[list(headings)].rename(columns=headings), mark=mark),
        file_name=f"{view.app('example_file') if view.example else ''}{view.programme.id}_sentences_{view.as_of}.csv",
        mime="text/csv",
        key="sentences_csv",
        on_click="ignore",
        type="tertiary",
    )


# ---------------------------------------------------------------- the page


def draw_progress(view: View) -> None:
    draw_lines(view)
    draw_statements(view)
    left, right = st.columns([7, 5], gap="large")
    with left:
        draw_spent(view)
    with right:
        draw_clocks(view)
    draw_targets(view)
    draw_gaps(view)


def draw_delays(view: View) -> None:
    left, right = st.columns([5, 7], gap="large")
    with left:
        draw_states(view)
    with right:
        draw_causes(view)
    draw_sentences(view)


DRAWN = dict(zip(TABS, (draw_progress, draw_grid, draw_delays), strict=True))


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
    draw_lines(view)
    draw_statements(view)
    draw_targets(view)
    draw_gaps(view)


view = page.view(__file__)
if not overview.monitored(view.snapshot):
    page.unknown(view, view.say("no_money" if value(view.asked, "budget").value is None else "no_monitoring"))
    draw_published(view)
elif progress.incurred(view.asked, view.lang).empty:
    page.paragraph(view.say("no_sheets"))
    draw_published(view)
else:
    draw_cards(view, view.asked)
    DRAWN[tab_chosen(view)](view)
