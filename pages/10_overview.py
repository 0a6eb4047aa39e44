from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from impact_analytics.charts import timeline, trend
from impact_analytics.queries import Asked, by_id, history, overview, sources, territories, value, values
from impact_analytics.queries.matters import Line, Matters, matters
from impact_analytics.queries.pending import Item, largest_advance, oldest_request
from impact_analytics.ui import freshness, page, territory_map
from impact_analytics.ui.page import Card, Column, View

PENDING_SHOWN = 7
RESULTS_SHOWN = 4
# What each card shows, and the page that answers it.
CARDS = {
    "expenditure_progress": "progress",
    "time_progress": "deadlines",
    "physical_progress": "clocks",
    "eligible": "payments",
    "paid": "payments",
    "requests_open": "payments",
    "sheets_in_rate": "sheets",
    "changes_waiting": "revisions",
}
LINE_CLOCKS = {"budget_progress": "col_progress", "physical_progress": "col_physical"}
SPENT = "expenditure_progress"
MOVING = (*CARDS, "gap", "uncovered_advance", "oldest_request", "sheets_missing", "sheets_late")


def since(view: View) -> date:
    """Return the day that changes are counted from: chosen, else a year before."""
    return view.filters.day("since", page.year_before(view.as_of))


def metric_card(view: View, name: str, *, note: str = "", label: str = "", slug: str = "") -> Card:
    """Return a card that leads to a page."""
    return page.card(view, name, note=note, label=label, link=view.link(slug) if slug else "")


def moving_card(view: View, asked: Asked, name: str, *, note: str = "", note_link: str = "", slug: str = "") -> Card:
    """Return a card with its sparkline, and the change since the chosen day where nothing else is said.

    The note leads somewhere of its own, unless the card says there instead why there is no figure.
    """
    line = history(asked, name, MOVING)
    spark = trend.sparkline_svg([page.number(point) for point in line], view.look)
    before = line[asked.all_days.index(since(view))] if line else None
    found = values(asked, MOVING)[name]
    recent = freshness.brief(view) if name == SPENT else ""
    changed = note or "; ".join(filter(None, (page.change(view, found, before, since(view)), recent)))
    card = page.card_of(view, found, note=changed, spark=spark, link=view.link(slug))
    return replace(card, note_link=note_link) if note and card.note == note else card


def published_cards(view: View) -> list[Card]:
    history = overview.gap_in_endowment(view.asked)
    networks = page.records(overview.network(view.asked, view.lang))
    planned = ", ".join(f"{page.written(view, one['planned'], 'count')} {one['name']}" for one in networks)
    active = value(view.asked, "projects_active").value
    return [
        metric_card(view, "endowment", note=view.say("increase_unknown") if history else " ", slug="funding"),
        metric_card(view, "projects", note=view.say("active", count=active or 0), slug="projects"),
        metric_card(view, "term_in_force", label=view.say("term"), slug="deadlines"),
        metric_card(view, "network_planned", label=view.say("planned_network"), note=planned, slug="network"),
        metric_card(view, "results_published", note=view.say("results_note"), slug="progress"),
        metric_card(view, "recovery_open", note=view.say("refund"), slug="territories"),
    ]


def monitored_cards(view: View) -> list[Card]:
    asked = replace(view.asked, days=page.days_between(view, since(view)))
    found = values(asked, MOVING)
    brief = {name: page.written_short(view, found[name])[0] for name in MOVING}
    gap = page.moved(view, found["gap"].value, "points")
    actions = matters(view.asked, view.lang)
    items = [line.item for line in actions.lines]
    oldest, largest = oldest_request(items), largest_advance(items)
    notes = {
        "physical_progress": view.say("gap_note", gap=gap),
        "paid": paid_said(view, brief["uncovered_advance"], largest),
        "requests_open": oldest_said(view, brief["oldest_request"], oldest),
        "sheets_in_rate": view.say("sheets_note", missing=brief["sheets_missing"], late=brief["sheets_late"]),
        "changes_waiting": view.say("waiting_note"),
    }
    links = {
        "paid": view.link("project", project=largest.project_id) if largest else "",
        "requests_open": view.link("payments", request=oldest.reference) if oldest else "",
        "sheets_in_rate": view.link("pending", topic="sheets"),
        "changes_waiting": view.link("pending", topic="changes"),
    }
    return [
        moving_card(view, asked, name, note=notes.get(name, ""), note_link=links.get(name, ""), slug=slug)
        for name, slug in CARDS.items()
    ]


def paid_said(view: View, uncovered: str, largest: Item | None) -> str:
    """Say how much of what was paid is not covered, and which project has most of it."""
    said = view.say("paid_uncovered", amount=uncovered)
    if largest is None:
        return said
    most = page.written(view, largest.eur, "eur")
    return f"{said}; {view.say('largest', place=view.names('territory')[largest.territory or ''], amount=most)}"


def oldest_said(view: View, days: str, oldest: Item | None) -> str:
    """Say which open request is the oldest, and how old it is."""
    if oldest is None:
        return view.say("oldest_none")
    return view.say("oldest", number=oldest.number, place=view.names("territory")[oldest.territory or ""], days=days)


def draw_since(view: View) -> None:
    chosen = [since(view)] if view.chosen("since") else []
    days = page.days_before(view, *chosen)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        page.choose(view, "since", days, view.say("since"), empty=view.say("year_before"), width=200)
        draw_changes(view)


def draw_changes(view: View) -> None:
    """Draw the way to what has changed since the day that changes are counted from."""
    day = page.short_day(since(view), "day", view.lang)
    address = view.link("changes", since=since(view).isoformat())
    st.html(f'<p class="plain changes-link">{page.linked(address, view.say("changes", day=day))}</p>')


def draw_cards(view: View) -> None:
    page.cards(monitored_cards(view) if overview.monitored(view.snapshot) else published_cards(view))


def draw_timeline(view: View) -> None:
    named = {"term": view.say("term_short")} | {
        kind: view.app(f"limit_short.{kind}") for kind in ("incurred", "paid", "final_report")
    }
    rows = overview.timeline(view.asked, view.lang, named)
    periods = overview.reporting_periods(view.asked)

    def data() -> page.Data:
        shown = rows.assign(on=[page.written(view, day, "date") for day in rows["on"]])
        return shown, [
            Column("on", view.app("day")),
            Column("label", view.app("act")),
            Column("note", view.app("note"), wide=True),
        ]

    page.chart(
        view,
        "timeline",
        lambda: timeline.acts(
            rows, view.look, view.lang, periods=periods, span=overview.span(view.asked), as_of=view.as_of
        ),
        alt=lambda: timeline.acts_alt(rows, view.lang, as_of=view.as_of),
        title=view.say("timeline_title"),
        subtitle=page.subtitle(view, view.say("timeline_unit")),
        data=data,
        sources=sources.cited(view.asked, "act", "deadline"),
        rows=("act", "deadline", "legal_limit"),
        depends=view.as_of,
    )


def draw_map(view: View) -> None:
    rows = territories.by_metric(view.asked, "funding", view.lang)
    cited = sources.cited(view.asked, "funding")
    if territory_map.shapes(view.snapshot):
        territory_map.draw(
            view,
            "overview_map",
            rows,
            page.UNITS["eur"],
            title=view.say("map_title"),
            sources=cited,
            metrics=territories.drawn("funding", rows),
        )


def pending_line(view: View, line: Line) -> str:
    slug, choices = line.view
    parts = (line.who, line.days, line.eur, line.turn, line.step)
    told = page.quietly(" · ".join(part for part in parts if part))
    return page.linked(view.link(slug, **choices), line.fact[:1].upper() + line.fact[1:]) + told


def draw_pending(view: View) -> None:
    found = matters(view.asked, view.lang)
    page.heading(view.say("pending_title"), found.words["rule"], level=3)
    if not found.lines:
        page.paragraph(found.words["none"])
        return
    page.bullets([*(pending_line(view, line) for line in found.lines[:PENDING_SHOWN]), pending_all(view, found)])
    if "action_line" in view.asked.chosen:
        page.note(view, "pending_not_by_line")


def pending_all(view: View, found: Matters) -> str:
    """Return the way to every line, and to those of each topic, as HTML."""
    topics = " · ".join(
        page.linked(view.link("pending", topic=topic), f"{found.words['topics'][topic]}: {count}")
        for topic, count in counts(found).items()
    )
    every = page.linked(view.link("pending"), view.say("pending_all", count=len(found.lines)))
    return f'{every}<div class="quiet">{topics}</div>'


def counts(found: Matters) -> dict[str, int]:
    """Return how many matters each topic holds, whatever their basis."""
    counted: dict[str, int] = {}
    for one in found.sums:
        counted[one.topic] = counted.get(one.topic, 0) + one.count
    return counted


def draw_gaps(view: View) -> None:
    rows = overview.gaps(view.asked, view.lang)
    page.heading(view.say("gaps_title"), view.say("gaps_lead"), level=3)
    found = zip(rows["page"], rows["title"], rows["reason"], strict=True)
    page.bullets([page.linked(view.link(slug), title) + page.quietly(reason) for slug, title, reason in found])


def draw_lines(view: View) -> None:
    rows = page.records(overview.by_line(view.asked, view.lang))
    shown = [
        {
            "id": row["line"],
            "line": line_said(row),
            "results": results_said(view, row["results"]),
        }
        for row in rows
    ]
    columns = [Column("line", view.say("col_line"), wide=True), Column("results", view.say("col_results"), wide=True)]
    monitored = overview.monitored(view.snapshot)
    if monitored:
        columns += add_clocks(view, shown)
    page.heading(view.say("lines_title"), page.subtitle(view), level=3)
    page.table(shown, columns, caption=view.say("lines_title"))
    page.foot(
        view,
        "lines",
        title=view.say("lines_title"),
        sources=sources.cited(view.asked, "result"),
        metrics=tuple(LINE_CLOCKS) if monitored else (),
        rows=("result",),
    )


def line_said(row: dict[str, Any]) -> str:
    """Return a line's number, unless its name holds it, its name and its title."""
    number = "" if row["line"] in row["name"] else f"{row['line']} · "
    return f"{number}{row['name']}: {row['title']}"


def add_clocks(view: View, shown: list[dict[str, str]]) -> list[Column]:
    """Add expenditure and physical progress to the rows of the lines; return their columns."""
    found = by_id(view.asked, tuple(LINE_CLOCKS), "action_line")
    for row in shown:
        row |= {name: page.written(view, found.get(row["id"], {}).get(name), "share") for name in LINE_CLOCKS}
    return [Column(name, view.say(heading), "right") for name, heading in LINE_CLOCKS.items()]


def results_said(view: View, found: list[dict[str, object]] | None) -> str:
    if not found:
        return view.say("lines_none")
    said = "; ".join(page.result_said(view, one) for one in found[:RESULTS_SHOWN])
    return (
        said if len(found) <= RESULTS_SHOWN else f"{said}; {view.say('pending_more', count=len(found) - RESULTS_SHOWN)}"
    )


view = page.view(__file__)
draw_cards(view)
if overview.monitored(view.snapshot):
    draw_since(view)
else:
    draw_changes(view)
draw_timeline(view)
left, right = st.columns([5, 7], gap="large")
with left:
    draw_map(view)
with right:
    if overview.monitored(view.snapshot):
        draw_pending(view)
    else:
        draw_gaps(view)
draw_lines(view)
