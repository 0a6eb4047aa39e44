from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import ranking
from impact_analytics.queries import Asked, Value, sources, territories
from impact_analytics.queries.territories import Measure
from impact_analytics.ui import markup, page, territory_map
from impact_analytics.ui.page import Card, Column, View

PARTNERS_SHOWN = 120
POINTS_AT_ONCE = 120
FIGURES = ("funding", "term_in_force", "bodies_named", "third_country_nationals")
MONITORED = ("expenditure_progress", "gap")
LINE_METRICS = ("budget", "budget_progress", "physical_progress", "time_progress")
DOSSIER = ("project", "deadline", "partner", "result", "continuity", "territory_item")
TABS = ("project", "activity", "call", "opportunity", "document")
LEFT_HEIGHT, ROW_HEIGHT = 1130, 26  # px of the column with map and ranking: without its rows, and of a row


Cites = dict[tuple[str, str], int]  # title and address of a source, its number in the dossier


# ---------------------------------------------------------------- what is shown


def choose_metric(view: View) -> str:
    known = territories.offered(view.asked)
    options = {id: territories.measure(id, view.lang).name for id in known}
    return page.choose(view, "metric", options, view.say("choose_metric")) if options else ""


def choose_place(view: View, places: pd.DataFrame) -> str:
    held = view.chosen("place")
    shown = places[places["inside"].astype(bool) | (places["id"] == held)]
    options = dict(zip(shown["id"], shown["label"], strict=True))
    only = len(options) == 1
    return page.choose(view, "place", options, view.say("choose_place"), empty="" if only else view.say("no_place"))


def choose_points(view: View, points: pd.DataFrame) -> pd.DataFrame:
    names = view.names("kind")
    kinds = {id: name for id, name in names.items() if id in set(points["kind"])}
    options = ({"all": view.say("all_points")} if len(points) <= POINTS_AT_ONCE else {}) | kinds
    chosen = page.choose(view, "points", options, view.say("choose_points"), empty=view.say("no_points"))
    return points if chosen == "all" else points[points["kind"] == chosen]


def open_place(id: str) -> None:
    st.session_state["place"] = id


def open_first(ids: Sequence[str]) -> None:
    if ids:
        open_place(ids[0])


def state_word(view: View, state: str) -> str:
    return view.say(f"state_{state}") if state else ""


# ---------------------------------------------------------------- map and ranking


def draw_metric(view: View, measure: Measure, rows: pd.DataFrame, place: str, points: pd.DataFrame) -> None:
    if lacking := territories.not_split(view.asked, measure.id, view.lang):
        dimensions = territory_map.listed(view, lacking)
        page.unknown(view, view.say("metric_not_split", metric=measure.short, dimensions=dimensions))
        return
    if rows["value"].isna().all():
        page.unknown(view, view.say("no_values", metric=measure.short))
        return
    if territory_map.shapes(view.snapshot):
        draw_map(view, measure, rows, place, points)
    with st.container(key="places_ranking"):
        draw_ranking(view, measure, rows[rows["inside"].astype(bool)].reset_index(drop=True))


def draw_map(view: View, measure: Measure, rows: pd.DataFrame, place: str, points: pd.DataFrame) -> None:
    with st.container(key="places_map"):
        territory_map.draw(
            view,
            "territories_map",
            rows,
            page.UNITS[measure.unit],
            title=view.say("map_title", metric=measure.short),
            selected=place,
            points=points,
            on_pick=open_place,
            sources=cited(view, measure),
            metrics=territories.drawn(measure.id, rows),
        )
        page.note(view, "map_hint")


def draw_ranking(view: View, measure: Measure, rows: pd.DataFrame) -> None:
    if rows.empty:
        page.note(view, "list_empty")
        return
    unit = page.UNITS[measure.unit]
    shown = rows.assign(note=[state_word(view, state) for state in rows["state"]])
    draw, alt = (ranking.bars, ranking.bars_alt) if measure.adds else (ranking.dots, ranking.dots_alt)
    page.chart(
        view,
        "territories_ranking",
        lambda: draw(shown, view.look, view.lang, unit=unit),
        alt=lambda: alt(shown, view.lang, unit=unit),
        title=view.say("rank_title", metric=measure.short),
        subtitle=page.subtitle(view, measure.definition.rstrip(".")),
        data=lambda: metric_table(view, shown, measure.unit),
        sources=cited(view, measure),
        metrics=territories.drawn(measure.id, rows),
        on_click=open_first,
    )
    if (rows["basis"] == "estimate").any():
        page.note(view, "rank_note")


def metric_table(view: View, rows: pd.DataFrame, unit: str) -> page.Data:
    shown = rows.assign(
        value=[
            page.written(view, value, unit, basis=basis)
            for value, basis in zip(rows["value"], rows["basis"], strict=True)
        ],
        basis=[view.app(f"bases.{basis}") if basis else "" for basis in rows["basis"]],
    )
    return shown, [
        Column("label", view.say("col_territory")),
        Column("value", view.say("col_value"), "right"),
        Column("basis", view.say("col_basis")),
        Column("note", view.say("col_state")),
    ]


def cited(view: View, measure: Measure) -> list[tuple[str, str]]:
    tables = {"funding": ("funding",), "context": ("population",), "network": ("partner",), "results": ("result",)}
    return sources.cited(view.asked, *tables.get(measure.group, ("project",)))


# ---------------------------------------------------------------- the list of all


def draw_list(view: View, places: pd.DataFrame, metric: str) -> None:
    shown = places[places["inside"].astype(bool)].reset_index(drop=True)
    page.heading(view.say("list_title"), level=3)
    if shown.empty:
        page.note(view, "list_empty")
        return
    kept = metric if metric != "funding" else None
    shown = shown.assign(
        address=[view.link("territories", place=id, metric=kept) for id in shown["id"]],
        sheet=[view.link("project", project=id) if id else "" for id in shown["project"]],
        title=[
            title or untitled(view) if state != "not_applied" else ""
            for title, state in zip(shown["title"], shown["state"], strict=True)
        ],
        state=[state_word(view, state) for state in shown["state"]],
    )
    columns = [
        Column("label", view.say("col_territory"), link="address"),
        Column("title", view.say("col_project"), link="sheet"),
        Column("state", view.say("col_state")),
    ]
    page.table(shown, columns, caption=view.say("list_title"))
    outside = int((~places["inside"].astype(bool)).sum())
    if outside:
        page.note(view, "outside_note", count=outside)


def untitled(view: View) -> str:
    return view.say("untitled" if view.programme.basis == "published" else "untitled_known")


# ---------------------------------------------------------------- the dossier


def draw_dossier(view: View, place: str, name: str, *, applied: bool) -> None:
    here, cited = territories.within(view.asked, place), dict[tuple[str, str], int]()
    found = territories.projects(here, view.lang)
    page.heading(name)
    if not applied or found.empty:
        page.paragraph(view.say("no_project_sentence" if applied else "not_applied_sentence", place=name))
    for project in page.records(found):
        draw_project(view, project)
    draw_refund(view, here)
    if chosen := here.chosen.get("action_line"):
        page.note(view, "line_note", lines=territory_map.listed(view, [view.names("action_line")[id] for id in chosen]))
    draw_figures(view, here, list(found["state"]))
    if len(found):
        draw_lines(view, here, cited)
        draw_partners(view, here, cited)
        draw_facts(view, here, cited)
    draw_continuity(view, here, cited)
    draw_items(view, here, cited)
    draw_cited(view, cited)


def source_column(view: View, rows: pd.DataFrame, cited: Cites, url: str = "url") -> tuple[pd.DataFrame, list[Column]]:
    numbers = [cited.setdefault(pair, len(cited) + 1) for pair in zip(rows["source"], rows[url], strict=True)]
    if len(set(numbers)) == 1 and not rows[url].any():
        return rows, []
    return rows.assign(number=numbers), [Column("number", view.say("col_source"), "right", link=url)]


def draw_cited(view: View, cited: Cites) -> None:
    listed = "".join(
        f"<li>{markup.anchor(url, title, outside=True) if url else markup.escape(title)}</li>" for title, url in cited
    )
    page.heading(view.say("cited_title"), level=3)
    st.html(f'<ol class="cited">{listed}</ol>')
    page.foot(view, "dossier", title=view.say("cited_title"), rows=DOSSIER)


def draw_project(view: View, project: dict[Any, Any]) -> None:
    state = view.app(f"project_state.{project['state']}")
    for name in ("withdrawn", "ended"):
        if project[f"{name}_on"] is not None and project["state"] == name:
            state = view.say(
                f"{name}_line",
                day=territory_map.dated(view, project[f"{name}_on"], project[f"{name}_precision"], long=True),
            )
    parts = [view.say("lead_line", lead=project["lead"])]
    parts += [view.say("prog_line", code=project["prog_code"])] if project["prog_code"] else []
    parts += [view.say("cup_line", code=project["cup"])] if project["cup"] else []
    listed = "".join(f"<li>{markup.escape(part)}</li>" for part in parts)
    listed += f"<li><b>{markup.escape(view.say('state_line', state=state))}</b></li>"
    if project["url"]:
        listed += f"<li>{markup.anchor(project['url'], view.say('project_page'), outside=True)}</li>"
    title = page.linked(view.link("project", project=project["project_id"]), project["title"] or untitled(view))
    st.html(f'<h3 class="part">{title}</h3><ul class="dossier-facts">{listed}</ul>')
    if project["note"]:
        page.paragraph(project["note"], quiet=True)


def draw_refund(view: View, here: Asked) -> None:
    for refund in page.records(territories.recoveries(here, view.lang)):
        said = view.say(
            "refund_ordered",
            day=territory_map.dated(view, refund["ordered_on"], "day", long=True),
            amount=page.written(view, refund["ordered_eur"], "eur"),
            reason=str(refund["reason"]).rstrip("."),
        )
        if refund["received_on"] is None:
            said += f" {view.say('refund_open')}"
        else:
            amount = page.written(view, refund["received_eur"], "eur")
            said += " " + view.say(
                "refund_received", day=territory_map.dated(view, refund["received_on"], "day", long=True), amount=amount
            )
        page.paragraph(said)


def draw_figures(view: View, here: Asked, states: list[str]) -> None:
    names, monitored = (FIGURES, MONITORED) if states else (FIGURES[-1:], ())
    found = territories.figures(here, (*names, *monitored))
    cards = [page.card_of(view, found[name], note=note_of(view, name, found[name])) for name in names]
    if set(states) == {"withdrawn"}:
        label = territories.measure("term_in_force", view.lang).short
        # No number is shown, so there is nothing to rest on.
        cards[names.index("term_in_force")] = Card(label, "–", note=view.say("term_withdrawn"))
    cards += [monitored_card(view, found[name]) for name in monitored if found[name].value is not None]
    page.cards(cards)


def monitored_card(view: View, found: Value) -> Card:
    if found.metric != "gap":
        return page.card_of(view, found)
    status = status_of(view, found.value)
    return page.card_of(view, found, note=f"{view.say('gap_note')}: {view.say(f'status.{status}')}", status=status)


def note_of(view: View, name: str, found: Value) -> str:
    if name == "funding" and found.basis == "estimate":
        return view.say("funding_estimated")
    return view.say("term_own") if name == "term_in_force" and found.value is not None else ""


def status_of(view: View, gap: Any) -> str:
    behind = -float(gap) * 100
    limits = view.programme.thresholds
    if behind >= limits.get("gap_late_points", 100):
        return "late"
    return "watch" if behind >= limits.get("gap_watch_points", 100) else "on_track"


def draw_lines(view: View, here: Asked, cited: Cites) -> None:
    page.heading(view.say("lines_title"), level=3)
    draw_progress(view, here)
    found = territories.results(here, view.lang)
    if found.empty:
        page.paragraph(view.say("results_none"), quiet=True)
        return
    lines = [line or view.say("no_line") for line in found["line"]]
    shown = found.assign(
        line=["" if place and lines[place - 1] == line else line for place, line in enumerate(lines)],
        name=[
            f"{name} ({view.say('target')})" if kind == "target" else name
            for name, kind in zip(found["name"], found["kind"], strict=True)
        ],
        value=[
            view.app(f"qualifier.{qualifier}", value=page.written(view, value, "count"))
            for qualifier, value in zip(found["qualifier"], found["value"], strict=True)
        ],
    )
    columns = [
        Column("line", view.say("col_line")),
        Column("name", view.say("col_result")),
        Column("value", view.say("col_value"), "right"),
    ]
    shown, column = source_column(view, shown, cited)
    page.table(shown, columns + column, caption=view.say("results_caption"))


def draw_progress(view: View, here: Asked) -> None:
    found = territories.by_line(here, LINE_METRICS)
    known = [name for name in LINE_METRICS if any(row.get(name) is not None for row in found.values())]
    if not any(row[name] for row in found.values() for name in known):
        return
    names = view.names("action_line")
    order = [id for id in names if id in found]
    shown = pd.DataFrame({"line": [names[id] for id in order]})
    for name in known:
        unit = territories.measure(name, view.lang).unit
        shown[name] = [page.written(view, found[id][name], unit) for id in order]
    headings = dict(zip(LINE_METRICS, ("col_budget", "col_spent", "col_physical", "col_time"), strict=True))
    columns = [
        Column("line", view.say("col_line")),
        *(Column(name, view.say(headings[name]), "right") for name in known),
    ]
    page.table(shown, columns, caption=view.say("progress_caption"))


def draw_facts(view: View, here: Asked, cited: Cites) -> None:
    found = territories.facts(here, view.lang)
    page.heading(view.say("facts_title"), level=3)
    if found.empty:
        page.note(view, "facts_none")
        return
    every = page.records(found)
    shown = found.assign(
        on=[territory_map.dated(view, fact["on_date"], fact["precision"]) for fact in every],
        said=[fact_said(view, fact) for fact in every],
    )
    columns = [
        Column("on", view.say("col_day")),
        Column("said", view.say("col_fact"), wide=True),
    ]
    shown, column = source_column(view, shown, cited)
    page.table(shown, columns + column, caption=view.say("facts_title"))


def fact_said(view: View, fact: dict[Any, Any]) -> str:
    about = fact["about"]
    if "term" in fact["kind"]:
        about = view.app(f"extension.{about}")
    elif fact["kind"].startswith("paid"):
        about = view.say(f"payment.{about}")
    act = f"– {fact['act']}" if fact["act"] else ""
    amount = page.written(view, fact["amount_eur"], "eur")
    ends = page.written(view, fact["day"], "date")
    return view.say(f"fact.{fact['kind']}", about=about, day=ends, amount=amount, act=act).strip()


def draw_partners(view: View, here: Asked, cited: Cites) -> None:
    found = territories.partners(here, view.lang)
    page.heading(view.say("partners_title"), level=3)
    if found.empty:
        page.note(view, "partners_none")
        return
    columns = partner_columns(view, found)
    shown, column = source_column(view, found.head(PARTNERS_SHOWN), cited)
    groups = [(str(kind), group) for kind, group in shown.groupby("kind_name", sort=False)]
    counts = found["kind_name"].value_counts()
    parts = [
        f"<details{' open' if len(found) <= 12 else ''}><summary>"
        f"{markup.escape(view.say('partners_count', kind=kind, count=counts[kind]))}</summary>"
        f"{markup.table(group, columns + column, caption=kind)}</details>"
        for kind, group in groups
    ]
    st.html("".join(parts))
    if len(shown) < len(found):
        page.note(view, "partners_more", shown=len(shown), total=len(found))
    whole = [Column("kind_name", view.say("col_kind")), *columns, Column("source", view.say("col_source"), link="url")]
    page.foot(
        view,
        "territories_partners",
        title=view.say("partners_title"),
        data=lambda: (found, whole),
        metrics=("bodies_named",),
        asked=here,
    )


def partner_columns(view: View, found: pd.DataFrame) -> list[Column]:
    columns = [Column("name", view.say("col_name")), Column("role", view.say("col_role"))]
    columns += [Column("place", view.say("col_municipality"))] if (found["place"] != "").any() else []
    columns += [Column("line", view.say("col_line"))] if (found["line"] != "").any() else []
    return columns


def draw_continuity(view: View, here: Asked, cited: Cites) -> None:
    found = territories.continuity(here, view.lang)
    page.heading(view.say("continuity_title"), view.say("continuity_note"), level=3)
    if found.empty:
        page.note(view, "continuity_none")
        return
    every = page.records(found)
    shown = found.assign(
        when=[view.say(row["direction"]) for row in every],
        what=[continuity_said(view, row) for row in every],
        known=[page.written(view, row["known_from"], "date") for row in every],
    )
    columns = [Column("when", view.say("col_when")), Column("what", view.say("col_what"), wide=True)]
    columns += [Column("known", view.say("col_known"))]
    shown, column = source_column(view, shown, cited)
    page.table(shown, columns + column, caption=view.say("continuity_title"))


def continuity_said(view: View, row: dict[Any, Any]) -> str:
    parts = [view.say("whole", title=row["title"]) if row["whole"] else row["title"], span(view, row)]
    parts += [page.written(view, row["amount_eur"], "eur")] if row["amount_eur"] is not None else []
    return " · ".join(part for part in parts if part)


def span(view: View, row: dict[Any, Any]) -> str:
    starts, ends = (
        territory_map.dated(view, row[f"{name}_on"], row[f"{name}_precision"]) for name in ("starts", "ends")
    )
    if starts and ends:
        return f"{starts} – {ends}"
    return view.say("since", day=starts) if starts else view.say("until", day=ends) if ends else ""


def draw_items(view: View, here: Asked, cited: Cites) -> None:
    counts = territories.item_counts(here)
    page.heading(view.say("items_title"), level=3)
    if st.session_state.get("tab") not in TABS:
        st.session_state["tab"] = TABS[0]
    kind = st.segmented_control(
        view.say("tabs.label"),
        TABS,
        key="tab",
        required=True,
        format_func=lambda id: view.say(f"tabs.{id}", count=counts.get(id, 0)),
        label_visibility="collapsed",
    )
    found = territories.items(here, kind or TABS[0], view.lang)
    if found.empty:
        page.note(view, "items_none")
        return
    every = page.records(found)
    shown = found.assign(
        on=[
            "" if row["on_date"] is None else territory_map.dated(view, row["on_date"], row["precision"])
            for row in every
        ]
    )
    columns = [
        Column("title", view.say("col_title"), link="url", wide=True),
        Column("on", view.say("col_day")),
    ]
    shown, column = source_column(view, shown, cited, "source_url")
    page.table(shown, columns + column, caption=view.say(f"tabs.{kind}", count=len(shown)))


view = page.view(__file__)
places = territories.places(view.asked, view.lang)
bodies = territories.points(view.asked, view.lang)
with_map = bool(territory_map.shapes(view.snapshot))
boxes = st.columns(3 if with_map and len(bodies) else 2)
with boxes[0]:
    metric = choose_metric(view)
with boxes[1]:
    place = choose_place(view, places)
if with_map and len(bodies):
    with boxes[2]:
        bodies = choose_points(view, bodies[bodies["territory"] == place] if place else bodies)
height = LEFT_HEIGHT + ROW_HEIGHT * int(places["inside"].sum())
st.html(f"<style>:root{{--ia-left:{height}px}}</style>")
left, right = st.columns([1, 1], gap="large")
with left:
    if metric:
        draw_metric(
            view,
            territories.measure(metric, view.lang),
            territories.by_metric(view.asked, metric, view.lang),
            place,
            bodies,
        )
    else:
        page.unknown(view, view.say("no_metric"))
with right, st.container(key="dossier"):
    if place:
        chosen = places[places["id"] == place].iloc[0]
        draw_dossier(view, place, str(chosen["label"]), applied=chosen["state"] != "not_applied")
    else:
        draw_list(view, places, metric)
