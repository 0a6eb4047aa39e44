from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import ranking
from impact_analytics.queries import answer, sources, territories
from impact_analytics.ui import markup, page, territory_map
from impact_analytics.ui.page import Card, Column, View

PARTNERS_SHOWN = 120
FIGURES = ("funding", "term_in_force", "bodies_named", "third_country_nationals")
MONITORED = ("expenditure_progress", "gap")
LINE_METRICS = ("budget", "budget_progress", "physical_progress", "time_progress")
TABS = ("project", "activity", "call", "opportunity", "document")
LAYOUT = """<style>
.st-key-dossier .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.st-key-dossier:has(.card:nth-child(5)) .cards { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.st-key-dossier details { border-bottom: 1px solid var(--ia-line); padding: 4px 0; }
.st-key-dossier summary { font-size: 15px; font-weight: 600; cursor: pointer; padding: 4px 0; }
.dossier-facts { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 15px; }
@media (max-width: 640px) {
  .st-key-dossier .cards, .st-key-dossier:has(.card:nth-child(5)) .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
</style>"""


# ---------------------------------------------------------------- what is shown


def metric_name(view: View, metric: str) -> str:
    return str(page.metrics()[metric].words(view.lang)["short"])


def choose_metric(view: View) -> str:
    known = territories.offered(view.asked)
    options = {id: str(page.metrics()[id].words(view.lang)["name"]) for id in known}
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
    options = {"all": view.say("all_points")} | kinds
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


def draw_metric(view: View, metric: str, rows: pd.DataFrame, place: str, points: pd.DataFrame) -> None:
    name, unit = metric_name(view, metric), page.UNITS[page.metrics()[metric].unit]
    if lacking := territories.not_split(view.asked, metric):
        words = [page.dimensions()[id].words(view.lang)["name"].lower() for id in lacking]
        page.unknown(view, view.say("metric_not_split", metric=name, dimensions=page.formats.listing(words, view.lang)))
        return
    if rows["value"].isna().all():
        page.unknown(view, view.say("no_values", metric=name))
        return

    def data() -> page.Data:
        return metric_table(view, rows, unit.id)

    if territory_map.shapes(view.snapshot):
        territory_map.draw(
            view,
            "territories_map",
            rows,
            unit,
            title=view.say("map_title", metric=name),
            selected=place,
            points=points,
            on_pick=open_place,
            sources=cited(view, metric),
        )
        page.note(view, "map_hint")
    draw_ranking(view, metric, rows[rows["inside"].astype(bool)].reset_index(drop=True), data)


def draw_ranking(view: View, metric: str, rows: pd.DataFrame, data: Any) -> None:
    if rows.empty:
        page.note(view, "list_empty")
        return
    unit = page.UNITS[page.metrics()[metric].unit]
    shown = rows.assign(note=[state_word(view, state) for state in rows["state"]])
    draw, alt = (ranking.bars, ranking.bars_alt) if page.metrics()[metric].adds else (ranking.dots, ranking.dots_alt)
    page.chart(
        view,
        "territories_ranking",
        lambda: draw(shown, view.look, view.lang, unit=unit),
        alt=lambda: alt(shown, view.lang, unit=unit),
        title=view.say("rank_title", metric=metric_name(view, metric)),
        subtitle=page.subtitle(view, str(page.metrics()[metric].words(view.lang)["definition"]).rstrip(".")),
        data=data,
        sources=cited(view, metric),
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
        note=[state_word(view, state) for state in rows["state"]],
    )
    return shown, [
        Column("label", view.say("col_territory")),
        Column("value", view.say("col_value"), "right"),
        Column("basis", view.say("col_basis")),
        Column("note", view.say("col_state")),
    ]


def cited(view: View, metric: str) -> list[tuple[str, str]]:
    tables = {"funding": ("funding",), "context": ("population",), "network": ("partner",), "results": ("result",)}
    return sources.cited(view.asked, *tables.get(page.metrics()[metric].group, ("project",)))


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
        title=[
            title or untitled(view) if state != "not_applied" else ""
            for title, state in zip(shown["title"], shown["state"], strict=True)
        ],
        state=[state_word(view, state) for state in shown["state"]],
    )
    columns = [
        Column("label", view.say("col_territory"), link="address"),
        Column("title", view.say("col_project")),
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
    here = territories.within(view.asked, place)
    found = territories.projects(here, view.lang)
    page.heading(name)
    if not applied or found.empty:
        page.paragraph(view.say("no_project_sentence" if applied else "not_applied_sentence", place=name))
    for project in found.to_dict("records"):
        draw_project(view, project)
    draw_refund(view, here)
    if chosen := here.chosen.get("action_line"):
        page.note(
            view, "line_note", lines=page.formats.listing([view.names("action_line")[id] for id in chosen], view.lang)
        )
    draw_figures(
        view, here, withdrawn=bool(len(found)) and set(found["state"]) == {"withdrawn"}, project=len(found) > 0
    )
    if len(found):
        draw_lines(view, here)
        draw_partners(view, here)
        draw_facts(view, here)
    draw_continuity(view, here)
    draw_items(view, here)


def draw_project(view: View, project: dict[str, Any]) -> None:
    state = view.app(f"project_state.{project['state']}")
    for name in ("withdrawn", "ended"):
        if project[f"{name}_on"] is not None and project["state"] == name:
            state = view.say(
                f"{name}_line", day=page.formats.day(project[f"{name}_on"], project[f"{name}_precision"], view.lang)
            )
    parts = [view.say("lead_line", lead=project["lead"])]
    parts += [view.say("prog_line", code=project["prog_code"])] if project["prog_code"] else []
    parts += [view.say("cup_line", code=project["cup"])] if project["cup"] else []
    listed = "".join(f"<li>{markup.escape(part)}</li>" for part in parts)
    listed += f"<li><b>{markup.escape(view.say('state_line', state=state))}</b></li>"
    if project["url"]:
        listed += f"<li>{markup.anchor(project['url'], view.say('project_page'), outside=True)}</li>"
    title = markup.escape(project["title"] or untitled(view))
    st.html(f'<h3 class="part">{title}</h3><ul class="dossier-facts">{listed}</ul>')
    if project["note"]:
        page.paragraph(project["note"], quiet=True)


def draw_refund(view: View, here: page.Asked) -> None:
    for refund in territories.recoveries(here, view.lang).to_dict("records"):
        said = view.say(
            "refund_ordered",
            day=page.formats.day(refund["ordered_on"], "day", view.lang),
            amount=page.written(view, refund["ordered_eur"], "eur"),
        )
        if refund["received_on"] is None:
            said += f" {view.say('refund_open')}"
        else:
            amount = page.written(view, refund["received_eur"], "eur")
            said += " " + view.say(
                "refund_received", day=page.formats.day(refund["received_on"], "day", view.lang), amount=amount
            )
        page.paragraph(said)


def draw_figures(view: View, here: page.Asked, *, withdrawn: bool, project: bool) -> None:
    names = FIGURES if project else FIGURES[-1:]
    found = territories.figures(here, (*names, *(MONITORED if project else ())))
    cards = [page.card_of(view, found[name], note=note_of(view, name, found[name])) for name in names]
    if withdrawn and project:
        label = str(page.metrics()["term_in_force"].words(view.lang)["short"])
        cards[1] = Card(label, "–", note=view.say("term_withdrawn"))
    for name in MONITORED if project else ():
        if found[name].value is not None:
            status = status_of(view, found[name].value) if name == "gap" else ""
            note = f"{view.say('gap_note')}: {view.say(f'status.{status}')}" if status else ""
            cards.append(page.card_of(view, found[name], note=note, status=status))
    page.cards(cards)


def note_of(view: View, name: str, found: Any) -> str:
    if name == "funding" and found.basis == "estimate":
        return view.say("funding_estimated")
    return view.say("term_own") if name == "term_in_force" and found.value is not None else ""


def status_of(view: View, gap: Any) -> str:
    behind = -float(gap) * 100
    limits = view.programme.thresholds
    if behind >= limits.get("gap_late_points", 100):
        return "late"
    return "watch" if behind >= limits.get("gap_watch_points", 100) else "on_track"


def draw_lines(view: View, here: page.Asked) -> None:
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
        Column("source", view.say("col_source"), link="url"),
    ]
    page.table(shown, columns, caption=view.say("results_caption"))


def draw_progress(view: View, here: page.Asked) -> None:
    found, _ = answer(here, LINE_METRICS, ("action_line",))
    known = [name for name in LINE_METRICS if name in found and found[name].notna().any()]
    if not known:
        return
    names = view.names("action_line")
    order = [id for id in names if id in set(found["action_line"])]
    found = found[found["as_of"] == view.as_of].set_index("action_line").reindex(order)
    shown = pd.DataFrame({"line": [names[id] for id in order]})
    for name in known:
        unit = page.metrics()[name].unit
        shown[name] = [page.written(view, None if pd.isna(value) else value, unit) for value in found[name]]
    headings = dict(zip(LINE_METRICS, ("col_budget", "col_spent", "col_physical", "col_time"), strict=True))
    columns = [
        Column("line", view.say("col_line")),
        *(Column(name, view.say(headings[name]), "right") for name in known),
    ]
    page.table(shown, columns, caption=view.say("progress_caption"))


def draw_facts(view: View, here: page.Asked) -> None:
    found = territories.facts(here, view.lang)
    page.heading(view.say("facts_title"), level=3)
    if found.empty:
        page.note(view, "facts_none")
        return
    every = found.to_dict("records")
    shown = found.assign(
        on=[page.short_day(fact["on_date"], fact["precision"], view.lang) for fact in every],
        said=[fact_said(view, fact) for fact in every],
    )
    columns = [
        Column("on", view.say("col_day")),
        Column("said", view.say("col_fact"), wide=True),
        Column("source", view.say("col_source"), link="url"),
    ]
    page.table(shown, columns, caption=view.say("facts_title"))


def fact_said(view: View, fact: dict[str, Any]) -> str:
    about = fact["about"]
    if "term" in fact["kind"]:
        about = view.app(f"extension.{about}")
    elif fact["kind"].startswith("paid"):
        about = view.say(f"payment.{about}")
    act = f"– {fact['act']}" if fact["act"] else ""
    amount = page.written(view, fact["amount_eur"], "eur")
    ends = page.written(view, fact["day"], "date")
    return view.say(f"fact.{fact['kind']}", about=about, day=ends, amount=amount, act=act).strip()


def draw_partners(view: View, here: page.Asked) -> None:
    found = territories.partners(here, view.lang)
    page.heading(view.say("partners_title"), level=3)
    if found.empty:
        page.note(view, "partners_none")
        return
    columns = partner_columns(view, found)
    shown = found.head(PARTNERS_SHOWN)
    groups = [(str(kind), group) for kind, group in shown.groupby("kind_name", sort=False)]
    counts = found["kind_name"].value_counts()
    parts = [
        f"<details{' open' if len(found) <= 12 else ''}><summary>"
        f"{markup.escape(view.say('partners_count', kind=kind, count=counts[kind]))}</summary>"
        f"{markup.table(group, columns, caption=kind)}</details>"
        for kind, group in groups
    ]
    st.html("".join(parts))
    if len(shown) < len(found):
        page.note(view, "partners_more", shown=len(shown), total=len(found))
    whole = [Column("kind_name", view.say("col_kind")), *columns]
    page.foot(view, "territories_partners", title=view.say("partners_title"), data=lambda: (found, whole))


def partner_columns(view: View, found: pd.DataFrame) -> list[Column]:
    columns = [Column("name", view.say("col_name")), Column("role", view.say("col_role"))]
    columns += [Column("place", view.say("col_municipality"))] if (found["place"] != "").any() else []
    columns += [Column("line", view.say("col_line"))] if (found["line"] != "").any() else []
    return [*columns, Column("source", view.say("col_source"), link="url")]


def draw_continuity(view: View, here: page.Asked) -> None:
    found = territories.continuity(here, view.lang)
    page.heading(view.say("continuity_title"), view.say("continuity_note"), level=3)
    if found.empty:
        page.note(view, "continuity_none")
        return
    every = found.to_dict("records")
    shown = found.assign(
        when=[view.say(row["direction"]) for row in every],
        title=[view.say("whole", title=row["title"]) if row["whole"] else row["title"] for row in every],
        amount=["" if row["amount_eur"] is None else page.written(view, row["amount_eur"], "eur") for row in every],
        period=[span(view, row) for row in every],
        known=[page.written(view, row["known_from"], "date") for row in every],
    )
    columns = [Column("when", view.say("col_when")), Column("title", view.say("col_what"), wide=True)]
    columns += [Column("amount", view.say("col_amount"), "right")] if (shown["amount"] != "").any() else []
    columns += [Column("period", view.say("col_period"))] if (shown["period"] != "").any() else []
    columns += [Column("known", view.say("col_known")), Column("source", view.say("col_source"), link="url")]
    page.table(shown, columns, caption=view.say("continuity_title"))


def span(view: View, row: dict[str, Any]) -> str:
    ends = [
        page.short_day(row[f"{name}_on"], row[f"{name}_precision"], view.lang) if row[f"{name}_on"] is not None else ""
        for name in ("starts", "ends")
    ]
    return " – ".join(ends) if any(ends) else ""


def draw_items(view: View, here: page.Asked) -> None:
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
    every = found.to_dict("records")
    shown = found.assign(
        on=[
            "" if row["on_date"] is None else page.short_day(row["on_date"], row["precision"], view.lang)
            for row in every
        ]
    )
    columns = [
        Column("title", view.say("col_title"), link="url", wide=True),
        Column("on", view.say("col_day")),
        Column("source", view.say("col_source"), link="source_url"),
    ]
    page.table(shown, columns, caption=view.say(f"tabs.{kind}", count=len(shown)))


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
        bodies = choose_points(view, bodies)
left, right = st.columns([1, 1], gap="large")
with left:
    if metric:
        draw_metric(view, metric, territories.by_metric(view.asked, metric, view.lang), place, bodies)
    else:
        page.unknown(view, view.say("no_metric"))
with right, st.container(key="dossier"):
    st.html(LAYOUT)
    if place:
        chosen = places[places["id"] == place].iloc[0]
        draw_dossier(view, place, str(chosen["label"]), applied=chosen["state"] != "not_applied")
    else:
        draw_list(view, places, metric)
