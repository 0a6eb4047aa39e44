from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import of_project, overview, projects, revisions, sources, values
from impact_analytics.queries.revisions import Budgeted, Item, Totals, Version
from impact_analytics.ui import downloads, markup, page, trail
from impact_analytics.ui.page import Column, View

ROWS_SHOWN = 25
EXTENSIONS_SHOWN = 12
CARDS = ("changes_requested", "changes_waiting", "changes_approved", "change_decision_days")
NBSP = "\u00a0"
MARKS = {"waiting": "…", "approved": "○", "effective": "✓", "refused": "×", "withdrawn": "–"}
Row = Mapping[Any, Any]
Step = tuple[date, str]


# ---------------------------------------------------------------- words


def day(view: View, value: Any) -> str:
    return "–" if value is None else page.short_day(value, "day", view.lang)


def days(view: View, value: Any) -> str:
    return "–" if value is None else page.written(view, value, "days")


def eur(view: View, value: Any) -> str:
    return "–" if value is None else page.written(view, value, "eur")


def state(view: View, row: Row) -> str:
    held = row["state"]
    return f"{MARKS[held]}\u2060{NBSP}{view.say(f'states.{held}').replace(' ', NBSP, 1)}"


def asked_eur(view: View, row: Row) -> str:
    return eur(view, row["asked_eur"]) if row["kind"] == "budget" else "–"


def own(view: View, row: Row) -> str:
    return view.link("revisions", change=row["change_id"], project=None)


def place_in_file(view: View, file: Any, line: Any) -> str:
    return view.say("file_line", file=file, line=line)


def relative(view: View, share: Decimal | None) -> str:
    return "–" if share is None else page.relative(view, share)


def subtitle_of(view: View, *parts: str) -> str:
    """Return the quiet line under what is said of one project alone."""
    return " · ".join([*parts, page.as_of_line(view)])


# ---------------------------------------------------------------- choosing


def chosen_change(view: View, rows: pd.DataFrame, project: str) -> Row | None:
    """Draw the choice of a change, of one project where that is chosen; say where the one asked for is not there."""
    wanted = view.chosen("change")
    kept = [row for row in page.records(rows) if project in ("", row["project_id"])]
    if wanted and wanted not in {row["change_id"] for row in kept}:
        page.note(view, "not_known_then", day=page.short_day(view.as_of, "day", view.lang))
    options = {row["change_id"]: f"{row['place']}, {day(view, row['requested_on'])}: {row['title']}" for row in kept}
    empty = view.say("no_change")
    id = page.choose(view, "change", options, view.say("change"), empty=empty, on_change=forget_version)
    return next((row for row in kept if row["change_id"] == id), None)


def forget_version() -> None:
    st.session_state["version"] = ""


def draw_choices(view: View, rows: pd.DataFrame) -> tuple[str, Row | None]:
    left, right = st.columns(2)
    with left:
        options, empty = view.names("project"), view.say("all_projects")
        project = page.choose(view, "project", options, view.say("project"), empty=empty, on_change=forget_version)
    with right:
        change = chosen_change(view, rows, project)
    return (change["project_id"] if change else project), change


# ---------------------------------------------------------------- all of them


def draw_cards(view: View, found: pd.DataFrame, project: str) -> None:
    asked = of_project(view.asked, project) if project else view.asked
    every = revisions.counted(found)[-1]
    oldest = max((row["days"] for row in page.records(found) if row["state"] == "waiting"), default=None)
    notes = ("", waiting_said(view, oldest), approved_said(view, every), decided_said(view, every))
    figures = values(asked, CARDS)
    page.cards([page.card_of(view, figures[name], note=note) for name, note in zip(CARDS, notes, strict=True)])


def waiting_said(view: View, oldest: int | None) -> str:
    return view.say("waiting_none") if oldest is None else view.say("waiting_note", days=days(view, oldest))


def approved_said(view: View, every: Row) -> str:
    if every["approved"]:
        return view.say("approved_note", count=every["approved"])
    return view.say("approved_all") if every["effective"] else ""


def decided_said(view: View, every: Row) -> str:
    if not every["decided"]:
        return ""
    return view.say("decided_note", days=days(view, every["most"]), count=every["decided"])


def draw_waiting(view: View, found: pd.DataFrame, project: str) -> None:
    page.heading(view.say("waiting_title"), page.subtitle(view, view.say("waiting_unit")))
    waiting = [row for row in page.records(found) if row["state"] == "waiting"]
    if not waiting:
        page.paragraph(view.say("waiting_nothing"))
        return
    rows = [
        {
            "title": row["title"],
            "own": own(view, row),
            "place": row["place"],
            "project": view.link("project", project=row["project_id"]),
            "kind": view.say(f"kinds.{row['kind']}"),
            "requested_on": day(view, row["requested_on"]),
            "waiting_days": days(view, row["days"]),
            "asked_eur": asked_eur(view, row),
        }
        for row in waiting[:ROWS_SHOWN]
    ]
    columns = [
        Column("title", view.say("col_title"), link="own", wide=True),
        Column("place", view.say("col_place"), link="project"),
        Column("kind", view.say("col_kind")),
        Column("requested_on", view.say("col_requested_on")),
        Column("waiting_days", view.say("col_waiting_days"), "right"),
        Column("asked_eur", view.say("col_asked_eur"), "right"),
    ]
    page.table(rows, columns, caption=view.say("waiting_title"))
    draw_cut(view, len(rows), len(waiting))
    asked = projects.whole_lines(view.asked)
    page.foot(
        view,
        "changes_waiting",
        title=view.say("waiting_title"),
        sources=cited(view),
        metrics=("changes_waiting",),
        asked=of_project(asked, project) if project else asked,
    )


def draw_cut(view: View, shown: int, total: int) -> None:
    if shown < total:
        page.note(view, "cut", shown=shown, total=total)


def cited(view: View) -> Sequence[tuple[str, str]]:
    return sources.cited(view.asked, "change_request")


def draw_funnel(view: View, found: pd.DataFrame) -> None:
    page.heading(view.say("funnel_title"), page.subtitle(view, view.say("funnel_unit")))
    counts = ("requested", *revisions.STATES)
    rows = [
        {
            "kind": view.say(f"kinds.{row['kind']}") if row["kind"] else view.say("all_kinds"),
            **{name: page.written(view, row[name], "count") for name in counts},
            **{name: days(view, row[name]) for name in ("median", "most")},
        }
        for row in revisions.counted(found)
    ]
    columns = [
        Column("kind", view.say("col_kind")),
        *(Column(name, view.say(f"col_{name}"), "right") for name in (*counts, "median", "most")),
    ]
    st.html(markup.table(rows, columns, caption=view.say("funnel_title"), classes="sums"))
    page.note(view, "funnel_note")
    page.foot(
        view,
        "changes_funnel",
        title=view.say("funnel_title"),
        sources=cited(view),
        metrics=CARDS,
        asked=projects.whole_lines(view.asked),
    )


def draw_list(view: View, found: pd.DataFrame, followed: Mapping[str, Version]) -> None:
    page.heading(view.say("list_title"), page.subtitle(view, view.say("list_unit")))
    rows = [list_row(view, row, followed.get(row["change_id"])) for row in page.records(found)[:ROWS_SHOWN]]
    words = ("place", "kind", "state", "requested_on", "decided_on", "effective_on")
    columns = [
        Column("title", view.say("col_title"), link="own", wide=True),
        *(Column(name, view.say(f"col_{name}")) for name in words),
        *(Column(name, view.say(f"col_{name}"), "right") for name in ("days", "asked_eur", "moved_eur")),
    ]
    page.table(rows, columns, caption=view.say("list_title"))
    draw_cut(view, len(rows), len(found))
    with st.container(horizontal=True):
        draw_downloads(view, found, followed)


def list_row(view: View, row: Row, version: Version | None) -> dict[str, str]:
    return {
        "title": row["title"],
        "own": own(view, row),
        "place": str(row["place"]).replace(" ", NBSP),
        "kind": view.say(f"kinds.{row['kind']}"),
        "state": state(view, row),
        **{name: day(view, row[name]) for name in ("requested_on", "decided_on", "effective_on")},
        "days": days(view, row["days"]),
        "asked_eur": asked_eur(view, row),
        "moved_eur": eur(view, version.moved if version else None),
    }


# ---------------------------------------------------------------- one of them


def draw_change(view: View, change: Row, version: Version | None) -> None:
    named = {"kind": view.say(f"kinds.{change['kind']}"), "title": change["title"]}
    page.heading(view.say("one_title", **named), subtitle_of(view, state(view, change), change["place"]))
    follow = revisions.followed_by(view.asked, change)
    draw_steps(view, steps(view, change, version, follow))
    draw_facts(view, change, version)
    page.paragraph(followed_said(view, change, version, follow))
    if change["kind"] == "schedule":
        page.bullets([page.linked(view.link("sheets", project=change["project_id"]), view.say("to_sheets"))])
    cited = [(change["source"], change["source_url"])]
    page.foot(view, "change", title=change["title"], sources=cited, rows=("change_request",))


def steps(view: View, change: Row, version: Version | None, follow: revisions.Follow | None) -> list[Step]:
    """Return the days of a change, in order, with what happened on each."""
    told = [(change["requested_on"], view.say("step_requested"))]
    if change["decided_on"] is not None:
        told.append((change["decided_on"], view.say(f"outcomes.{change['state']}")))
    else:
        told.append((view.as_of, view.say("step_waiting")))
    if change["effective_on"] is not None:
        later = change["state"] == "approved"
        told.append((change["effective_on"], view.say("step_effective_later" if later else "step_effective")))
    if version is not None:
        told.append((version.known_from, view.say("step_version", number=version.number)))
    if follow is not None:
        term = day(view, follow.told[0]) if follow.kind == "term" else ""
        told.append((follow.known_from, view.say(f"step_{follow.kind}", day=term)))
    return sorted(told, key=lambda step: step[0])


def draw_steps(view: View, told: Sequence[Step]) -> None:
    between = ["", *(after(view, gap) for gap in revisions.gaps_between([when for when, _ in told]))]
    items = "".join(
        f"<li><time>{markup.escape(day(view, when))}</time><b>{markup.escape(name)}</b>"
        f"<span>{markup.escape(gap)}</span></li>"
        for (when, name), gap in zip(told, between, strict=True)
    )
    st.html(f'<ol class="way">{items}</ol>')


def after(view: View, gap: int) -> str:
    return view.say("after_days", days=days(view, gap)) if gap else view.say("same_day")


def draw_facts(view: View, change: Row, version: Version | None) -> None:
    told = [
        *amounts(view, change, version),
        (view.say("fact_act"), act_said(view, change)),
        (view.say("fact_place"), markup.escape(place_in_file(view, change["file"], change["line"]))),
    ]
    items = "".join(f"<dt>{markup.escape(name)}</dt><dd>{html}</dd>" for name, html in told)
    st.html(f'<dl class="beside">{items}</dl>')


def amounts(view: View, change: Row, version: Version | None) -> list[tuple[str, str]]:
    if change["kind"] != "budget":
        return []
    asked = view.say("not_said") if change["asked_eur"] is None else eur(view, change["asked_eur"])
    told = [(view.say("fact_asked"), markup.escape(asked))]
    if version is not None:
        told.append((view.say("fact_moved"), markup.escape(eur(view, version.moved))))
        told.append((view.say("fact_net"), markup.escape(page.moved(view, version.risen - version.fallen, "eur"))))
    return told


def act_said(view: View, change: Row) -> str:
    """Return the act of a decision as HTML: its title, linked where it can be read, and where its row stands."""
    if change["act"] is None:
        return markup.escape(view.say("no_act"))
    key = "act_said" if change["act_number"] else "act_said_plain"
    said = view.say(key, title=change["act"], number=change["act_number"], day=day(view, change["act_on"]))
    shown = markup.anchor(change["url"], said, outside=True) if change["url"] else markup.escape(said)
    return shown + page.quietly(place_in_file(view, change["act_file"], change["act_line"]))


def followed_said(view: View, change: Row, version: Version | None, follow: revisions.Follow | None) -> str:
    if change["state"] not in ("approved", "effective"):
        return ""
    if change["kind"] == "schedule":
        return view.say("followed_schedule")
    if version is not None:
        net = page.moved(view, version.risen - version.fallen, "eur")
        since = day(view, version.known_from)
        return view.say("followed_version", number=version.number, day=since, moved=eur(view, version.moved), net=net)
    if follow is None:
        return view.say("followed_none")
    since = day(view, follow.known_from)
    if follow.kind == "term":
        return view.say("followed_term", term=day(view, follow.told[0]), day=since)
    return view.say("followed_partners", names=page.listing(view, list(follow.told)), day=since)


# ---------------------------------------------------------------- budgets of one project


def draw_budget(view: View, project: str, known: Sequence[Version], *, preferred: Version | None) -> None:
    place = view.names("project")[project]
    page.heading(view.say("budget_title"), subtitle_of(view, view.say("budget_unit"), place))
    if not known:
        page.paragraph(view.say("budget_none"))
        return
    number = chosen_version(view, known, preferred)
    version = next(one for one in known if one.number == number)
    found = revisions.items(view.asked, project, number)
    share = revisions.tolerance(view.asked)
    draw_categories(view, project, version, found, share)
    draw_detail(view, version, found)
    with st.container(horizontal=True):
        draw_budget_downloads(view, project, known)


def chosen_version(view: View, known: Sequence[Version], preferred: Version | None) -> int:
    options = {str(one.number): version_said(view, one) for one in reversed(known)}
    if preferred is not None and view.chosen("version") not in options:
        st.session_state["version"] = str(preferred.number)
    return int(page.choose(view, "version", options, view.say("version")))


def version_said(view: View, one: Version) -> str:
    said = view.say("version_said", number=one.number, day=day(view, one.known_from), amount=eur(view, one.amount))
    if one.before is None:
        return said
    net = page.moved(view, one.risen - one.fallen, "eur")
    return f"{said}; {view.say('version_moved', moved=eur(view, one.moved), net=net)}"


def draw_categories(view: View, project: str, version: Version, found: Sequence[Item], share: Decimal | None) -> None:
    categories, whole = revisions.by_category(found), revisions.totals(found)
    total = revisions.added(found)
    names = view.names("cost_category")
    rows = [
        amounts_row(view, one, names.get(one.category, one.category), whole)
        | {"verdict": verdict(view, one, share, whole)}
        for one in categories
    ]
    rows.append(amounts_row(view, total, view.say("total"), whole) | {"verdict": ""})
    columns = [*amount_columns(view, version, "category", net=True), Column("verdict", view.say("col_verdict"))]
    st.html(markup.table(rows, columns, caption=view.say("budget_title"), classes="sums"))
    if version.before is None:
        page.note(view, "first_version")
    draw_incurred(view, project, version, found)
    draw_tolerance(view, share)
    if share is not None:
        draw_words(view, categories, share, whole)
    foot_of_budgets(view, "budget", view.say("budget_title"))


def foot_of_budgets(view: View, key: str, title: str) -> None:
    """Draw what stands below budgets beside what was spent of them."""
    cited = sources.cited(view.asked, "budget", "sheet")
    page.foot(view, key, title=title, sources=cited, rows=("budget", "sheet_financial"))


def amounts_row(view: View, one: Item, name: str, whole: Totals) -> dict[str, str]:
    difference = "–" if one.difference is None else page.moved(view, one.difference, "eur")
    return {
        "name": name,
        "before": eur(view, one.before),
        "now": eur(view, one.now),
        "difference": difference,
        "share": relative(view, one.share),
        "net": relative(view, one.net(whole)),
        "incurred": eur(view, one.incurred),
    }


def amount_columns(view: View, version: Version, name: str, *, net: bool) -> list[Column]:
    before = [] if version.before is None else ["before"]
    changed = [] if version.before is None else ["difference", "share", *(["net"] if net else [])]
    numbers = {"before": version.before, "now": version.number}
    return [
        Column("name", view.say(f"col_{name}")),
        *(
            Column(id, view.say(f"col_{id}", **({"number": numbers[id]} if id in numbers else {})), "right")
            for id in (*before, "now", *changed, "incurred")
        ),
    ]


def verdict(view: View, one: Item, share: Decimal | None, whole: Totals) -> str:
    if share is None:
        return view.say("not_judged")
    said = []
    if one.spent_beyond(share):
        said.append("spent_beyond")
    elif one.overspent:
        said.append("spent_over")
    if one.moved_beyond(share, whole):
        said.append("moved_beyond")
    return "; ".join(view.say(key) for key in said or ["within"])


def draw_incurred(view: View, project: str, version: Version, found: Sequence[Item]) -> None:
    period = revisions.newest_sheet(view.asked, project, view.lang)
    if period and any(one.incurred is not None for one in found):
        page.note(view, "incurred_said", period=period, number=version.number)
    else:
        page.note(view, "incurred_none")


def draw_tolerance(view: View, share: Decimal | None) -> None:
    if share is None:
        page.note(view, "tolerance_none")
        return
    page.note(view, "tolerance_meaning")
    page.paragraph(tolerance_said(view, share), quiet=True)


def tolerance_said(view: View, share: Decimal) -> str:
    ground = view.programme.grounds.get("budget_tolerance", {}).get(view.lang) or view.say("no_ground")
    return view.say("tolerance_said", share=page.written(view, share, "share"), ground=ground)


def draw_words(view: View, categories: Sequence[Item], share: Decimal, whole: Totals) -> None:
    lines = [line for one in categories for line in words_of(view, one, share, whole)]
    page.bullets([markup.escape(line) for line in lines or [view.say("words_none")]])


def words_of(view: View, one: Item, share: Decimal, whole: Totals) -> list[str]:
    """Return in words what of a category is beyond the tolerance, or over its budget."""
    category = view.names("cost_category").get(one.category, one.category)
    spent = {"category": category, "incurred": eur(view, one.incurred), "now": eur(view, one.now)}
    said = []
    if one.spent_beyond(share):
        said.append(view.say("words_spent_beyond", **spent))
    elif one.overspent:
        said.append(view.say("words_spent_over", **spent))
    if one.moved_beyond(share, whole):
        difference = page.moved(view, one.difference, "eur")
        key = "words_moved" if one.before else "words_moved_new"
        net = relative(view, one.net(whole))
        said.append(view.say(key, category=category, difference=difference, net=net))
    return said


def draw_detail(view: View, version: Version, found: Sequence[Item]) -> None:
    """Draw the items line by line, each line's sum above its categories."""
    page.heading(view.say("detail_title"), subtitle_of(view, view.say("detail_unit"), *lines_said(view)), level=3)
    chosen = view.asked.chosen.get("action_line", ())
    lines, names, whole = view.names("action_line"), view.names("cost_category"), revisions.totals(found)
    rows: list[dict[str, Any]] = []
    for total, own_items in revisions.by_line([one for one in found if not chosen or one.line in chosen]):
        name = lines.get(total.line, total.line)
        rows += [amounts_row(view, one, f"{name}: {names.get(one.category, one.category)}", whole) for one in own_items]
        rows.append(amounts_row(view, total, view.say("line_sum", line=name), whole) | {"sum": True})
    st.html(detail_table(view, amount_columns(view, version, "item", net=False), rows))
    foot_of_budgets(view, "budget_detail", view.say("detail_title"))


def lines_said(view: View) -> list[str]:
    return [view.names("action_line")[line] for line in view.asked.chosen.get("action_line", ())]


def detail_table(view: View, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the table with the sums of lines set apart."""
    html = markup.table(rows, columns, caption=view.say("detail_title"))
    head, *parts = html.split("<tr>")
    heading, *body = parts
    told = ['<tr class="sum">' if row.get("sum") else "<tr>" for row in rows]
    return f"{head}<tr>{heading}" + "".join(begun + part for begun, part in zip(told, body, strict=True))


# ---------------------------------------------------------------- budgets of all projects


def draw_overview(view: View) -> None:
    page.heading(view.say("overview_title"), page.subtitle(view, view.say("overview_unit")))
    found = revisions.budgeted(view.asked)
    share = revisions.tolerance(view.asked)
    if not found:
        page.paragraph(view.say("overview_none"))
        return
    if share is None:
        page.note(view, "tolerance_none")
        return
    rows = [row for one in found if (row := overview_row(view, one, share))]
    columns = [
        Column("place", view.say("col_place"), link="address"),
        Column("versions", view.say("col_versions"), "right"),
        Column("since", view.say("col_since"), "right"),
        Column("moved", view.say("col_moved"), wide=True),
        Column("overspent", view.say("col_overspent"), wide=True),
    ]
    if rows:
        page.table(rows[:ROWS_SHOWN], columns, caption=view.say("overview_title"))
        draw_cut(view, min(len(rows), ROWS_SHOWN), len(rows))
    if len(rows) < len(found):
        page.note(view, "overview_ok", count=len(found) - len(rows))
    draw_tolerance(view, share)
    foot_of_budgets(view, "budgets", view.say("overview_title"))


def overview_row(view: View, one: Budgeted, share: Decimal) -> dict[str, str] | None:
    """Return the row of a project in which a category is beyond tolerance or over budget."""
    whole, names = revisions.totals(one.categories), view.names("cost_category")
    moved = [
        f"{names.get(item.category, item.category)} ({relative(view, item.net(whole))})"
        for item in one.categories
        if item.moved_beyond(share, whole)
    ]
    spent = [
        f"{names.get(item.category, item.category)} ({eur(view, item.incurred)})"
        for item in one.categories
        if item.overspent
    ]
    if not moved and not spent:
        return None
    return {
        "place": view.names("territory")[one.territory],
        "address": view.link("revisions", project=one.project, change=None),
        "versions": str(one.versions),
        "since": day(view, one.known_from),
        "moved": ", ".join(moved) or view.say("no_category"),
        "overspent": ", ".join(spent) or view.say("no_category"),
    }


# ---------------------------------------------------------------- what is published


def draw_published(view: View) -> None:
    page.unknown(view, view.say("not_monitored"))
    page.heading(view.say("published_title"), page.subtitle(view, view.say("published_unit")))
    found = revisions.extensions(view.asked, view.lang)
    if found.empty:
        page.paragraph(view.say("published_none"))
    else:
        rows = [extension_row(view, row) for row in page.records(found)[:EXTENSIONS_SHOWN]]
        columns = [
            Column("act", view.say("col_act"), link="url"),
            Column("place", view.say("col_place")),
            Column("extension", view.say("col_extension")),
            Column("known_on", view.say("col_known_on"), "right"),
            Column("ends_on", view.say("col_ends_on"), "right"),
        ]
        page.table(rows, columns, caption=view.say("published_title"))
        cited = sources.cited(view.asked, "deadline")
        page.foot(view, "extensions", title=view.say("published_title"), sources=cited, rows=("deadline", "act"))
    page.bullets([page.linked(view.link("deadlines"), view.say("to_deadlines"))])


def extension_row(view: View, row: Row) -> dict[str, str]:
    known = day(view, row["known_on"])
    return {
        "act": row["act"] or view.say("act_not_found" if row["by_then"] else "no_act"),
        "url": row["url"],
        "place": row["place"] or view.say("whole_call"),
        "extension": view.app(f"extension.{row['kind']}"),
        "known_on": view.say("by_then", day=known) if row["by_then"] else known,
        "ends_on": day(view, row["ends_on"]),
    }


# ---------------------------------------------------------------- files to take away


def draw_downloads(view: View, found: pd.DataFrame, followed: Mapping[str, Version]) -> None:
    downloads.draw(
        view,
        "changes_requested",
        lambda: Sheet(view.say("sheet"), in_words(view, found, followed), fields(view)),
        lambda: notes(view, [(view.say("note_days"), view.say("funnel_note"))]),
    )


def in_words(view: View, found: pd.DataFrame, followed: Mapping[str, Version]) -> pd.DataFrame:
    """Return every change as the files hold it: codes in words, the version that followed it beside."""
    rows = [
        {
            **row,
            "kind": view.say(f"kinds.{row['kind']}"),
            "state": view.say(f"states.{row['state']}"),
            "moved_eur": followed[row["change_id"]].moved if row["change_id"] in followed else None,
            "version": followed[row["change_id"]].number if row["change_id"] in followed else None,
            "place_in_file": place_in_file(view, row["file"], row["line"]),
            "basis": view.app(f"bases.{row['basis']}"),
        }
        for row in page.records(found)
    ]
    return pd.DataFrame(rows, dtype=object)


def fields(view: View) -> list[Field]:
    units = {"requested_on": "date", "decided_on": "date", "effective_on": "date", "days": "days"}
    units |= {"asked_eur": "eur", "moved_eur": "eur", "version": "count"}
    names = ("place", "project_id", "kind", "title", "state", *units, "act", "place_in_file", "basis")
    headings = {"project_id": "col_project"}
    return [
        *(Field(name, view.say(headings.get(name, f"col_{name}")), units.get(name, "")) for name in names),
        Field("source", view.app("source")),
    ]


def draw_budget_downloads(view: View, project: str, known: Sequence[Version]) -> None:
    share = revisions.tolerance(view.asked)
    tolerance = view.say("tolerance_none") if share is None else tolerance_said(view, share)
    told = [(view.say("note_project"), view.names("project")[project]), (view.say("note_tolerance"), tolerance)]
    downloads.draw(
        view,
        "budget_versions",
        lambda: Sheet(view.say("budget_sheet"), budget_rows(view, project, known), budget_fields(view)),
        lambda: notes(view, told),
        part="budget",
    )


def budget_rows(view: View, project: str, known: Sequence[Version]) -> pd.DataFrame:
    """Return the items of every version beside the one before; what was spent stands beside the newest only."""
    lines, names = view.names("action_line"), view.names("cost_category")
    rows = [
        {
            "version": one.number,
            "since": one.known_from,
            "line": lines.get(item.line, item.line),
            "category": names.get(item.category, item.category),
            "before": item.before,
            "now": item.now,
            "difference": item.difference,
            "share": item.share,
            "incurred": item.incurred if one is known[-1] else None,
        }
        for one in known
        for item in revisions.items(view.asked, project, one.number)
    ]
    return pd.DataFrame(rows, dtype=object)


def budget_fields(view: View) -> list[Field]:
    return [
        Field("version", view.say("col_version"), "count"),
        Field("since", view.say("col_known_on"), "date"),
        Field("line", view.say("col_line")),
        Field("category", view.say("col_category")),
        Field("before", view.say("col_before_plain"), "eur"),
        Field("now", view.say("col_now_plain"), "eur"),
        Field("difference", view.say("col_difference"), "eur"),
        Field("share", view.say("col_share"), "share"),
        Field("incurred", view.say("col_incurred"), "eur"),
    ]


def notes(view: View, more: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the rows: day, filters, definitions, on what ground."""
    return downloads.notes(view, *more, sources=cited(view))


# ---------------------------------------------------------------- the page


def draw_known(view: View) -> None:
    every = revisions.changes(view.asked, view.lang)
    known = revisions.versions(view.asked)
    followed = revisions.followed(every, known)
    project, change = draw_choices(view, every)
    if project:
        here = view.link(view.spec.slug, project=project, change=None) if change else ""
        further = [(change["title"], "")] if change else []
        trail.draw(view, project, (view.say("menu"), here), *further)
    if change:
        draw_change(view, change, followed.get(change["change_id"]))
    found = every[every["project_id"] == project] if project else every
    if found.empty:
        page.paragraph(view.say("none"))
    elif not change:
        draw_changes(view, found, followed, project)
    if project:
        preferred = followed.get(change["change_id"]) if change else None
        draw_budget(view, project, known.get(project, ()), preferred=preferred)
    else:
        draw_overview(view)
    if "action_line" in view.asked.chosen:
        page.note(view, "not_by_line")


def draw_changes(view: View, found: pd.DataFrame, followed: Mapping[str, Version], project: str) -> None:
    draw_cards(view, found, project)
    draw_waiting(view, found, project)
    if not project:
        draw_funnel(view, found)
    draw_list(view, found, followed)


view = page.view(__file__)
if overview.monitored(view.snapshot) or revisions.any_change(view.asked):
    draw_known(view)
else:
    draw_published(view)
