from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import grid
from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import overview, sources, status
from impact_analytics.queries.status import Graded, Rule, Verdict
from impact_analytics.ui import downloads, markup, page
from impact_analytics.ui.page import Column, View

ROWS_SHOWN = 40
NBSP = "\u00a0"
SIGNS = {
    "late": "×",
    "watch": "!",
    "not_known": "?",
    "on_track": "✓",
    "not_started": "○",
    "ended": "■",
    "withdrawn": "–",
}
# Where the figures of a group are shown in full; those in BY_PROJECT take the project itself.
PAGES = {
    "sheets": "sheets",
    "requests": "payments",
    "cash": "payments",
    "controls": "controls",
    "changes": "revisions",
    "time": "deadlines",
    "clocks": "progress",
    "expenditure": "progress",
}
BY_PROJECT = {"sheets", "progress", "project", "revisions"}
TABLES = ("project", "deadline", "sheet")


# ---------------------------------------------------------------- words


def sign(view: View, grade: str) -> str:
    """Return a grade as sign and word, as HTML."""
    word = f"<b>{SIGNS[grade]}</b> {markup.escape(view.say(f'grades.{grade}'))}"
    return f'<span class="status-word status-word-{grade}">{word}</span>'


def said(view: View, rule: Rule, value: Any) -> str:
    return page.written(view, value, rule.unit.id)


def metric_name(view: View, rule: Rule) -> str:
    return str(page.metrics()[rule.metric].words(view.lang)["name"])


def condition(view: View, rule: Rule) -> str:
    return status.compared(rule, said(view, rule, rule.threshold), view.lang)


def measured(view: View, verdict: Verdict) -> str:
    rule = verdict.rule
    named = {"metric": metric_name(view, rule), "value": said(view, rule, verdict.value)}
    return view.say("value_and_threshold", **named, threshold=condition(view, rule))


def judged_by(view: View) -> list[str]:
    """Return the metrics that the rules look at, each once."""
    return list(dict.fromkeys(rule.metric for rule in status.rules(view.snapshot)))


def lifting(view: View, one: Graded) -> list[str]:
    return [
        status.lifted(verdict, said(view, verdict.rule, verdict.amount), view.lang)
        for verdict in status.to_lift(one.fired)
    ]


def not_judged(view: View, one: Graded) -> str:
    names = dict.fromkeys(metric_name(view, verdict.rule) for verdict in one.unknown)
    return page.listing(view, list(names))


# ---------------------------------------------------------------- now


def draw_tools(view: View, found: Sequence[Graded], shown: Sequence[Graded], *, ruled: bool) -> None:
    known = status.counts(found)
    options = {grade: f"{SIGNS[grade]} {view.say(f'grades.{grade}')} ({count})" for grade, count in known.items()}
    chosen = view.chosen("grade")
    if chosen and chosen not in options:
        options[chosen] = f"{SIGNS[chosen]} {view.say(f'grades.{chosen}')} (0)"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        page.choose(view, "grade", options, view.say("grade"), empty=view.say("all"), width=220)
        if ruled and shown:
            draw_downloads(view, shown)


def draw_counts(view: View, found: Sequence[Graded]) -> None:
    items = [
        f'<li><a href="{markup.escape(view.link("status", grade=grade))}" target="_self">{sign(view, grade)}'
        f" <b>{count}</b></a></li>"
        for grade, count in status.counts(found).items()
    ]
    st.html(f'<ul class="statuses">{"".join(items)}</ul>')


def draw_table(view: View, shown: Sequence[Graded]) -> None:
    names = ("project", "grade", "first", "others", "lift")
    head = "".join(f'<th scope="col">{markup.escape(view.say(f"col_{name}"))}</th>' for name in names)
    titles, places = view.names("project"), view.names("territory")
    body = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells(view, one, titles, places))}</tr>"
        for one in shown[:ROWS_SHOWN]
    )
    caption = markup.escape(view.say("now_title"))
    st.html(
        f'<div class="table-box" tabindex="0" role="region" aria-label="{caption}"><table class="figures statuses-now">'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def cells(view: View, one: Graded, titles: Mapping[str, str], places: Mapping[str, str]) -> list[str]:
    first, others = one.fired[:1], one.fired[1:]
    own = page.linked(view.link("project", project=one.project), places[one.territory])
    unknown = page.quietly(view.say("unknown_because", metrics=not_judged(view, one))) if one.unknown else ""
    return [
        own + page.quietly(titles[one.project]),
        sign(view, one.grade),
        ("".join(cause(view, one, verdict) for verdict in first) or plain(view, one)) + unknown,
        listed([verdict.rule.means[view.lang] for verdict in others]),
        listed(lifting(view, one)),
    ]


def listed(lines: Sequence[str]) -> str:
    return f'<ul class="fired">{"".join(f"<li>{markup.escape(line)}</li>" for line in lines)}</ul>' if lines else "–"


def cause(view: View, one: Graded, verdict: Verdict) -> str:
    return page.linked(address(view, one, verdict), verdict.rule.means[view.lang]) + page.quietly(
        measured(view, verdict)
    )


def plain(view: View, one: Graded) -> str:
    return markup.escape(view.say(f"{one.grade}_said")) if f"{one.grade}_said" in view.words else ""


def address(view: View, one: Graded, verdict: Verdict) -> str:
    slug = PAGES.get(page.metrics()[verdict.rule.metric].group, "project")
    if slug in BY_PROJECT:
        return view.link(slug, project=one.project)
    return view.link(slug, territory=[one.territory])


# ---------------------------------------------------------------- period by period


def draw_history(view: View, shown: Sequence[Graded]) -> None:
    rows = status.history(view.asked)
    rows = rows[rows["project"].isin([one.project for one in shown])]
    if rows.empty:
        page.heading(view.say("history_title"), level=3)
        page.paragraph(view.say("history_none"), quiet=True)
        return
    drawn = history_rows(view, rows, shown)
    ends = dict(zip(rows["period_id"], rows["ends_on"], strict=True))
    page.chart(
        view,
        "status_history",
        lambda: grid.statuses(drawn, view.look, view.lang),
        alt=lambda: grid.statuses_alt(drawn, view.lang),
        title=view.say("history_title"),
        subtitle=page.subtitle(view, view.say("history_unit")),
        data=lambda: history_data(view, drawn),
        sources=sources.cited(view.asked, *TABLES),
        metrics=judged_by(view),
        asked=status.whole_projects(view.asked),
        on_click=lambda picked: go_back(ends, picked),
    )


def history_rows(view: View, rows: pd.DataFrame, shown: Sequence[Graded]) -> pd.DataFrame:
    """Return the grades in the order of the table above, named by their territory."""
    order = {one.project: place for place, one in enumerate(shown[:ROWS_SHOWN])}
    places = view.names("territory")
    named = {one.project: places[one.territory] for one in shown}
    kept = rows[rows["project"].isin(list(order))]
    kept = kept.assign(id=kept["project"], label=[named[id] for id in kept["project"]])
    return kept.sort_values(
        ["project", "period_id"], key=lambda held: held.map(order) if held.name == "project" else held
    )


def history_data(view: View, rows: pd.DataFrame) -> page.Data:
    words = view.words["grades"]
    periods = sorted(set(rows["period_id"]))
    held = {(row["id"], row["period_id"]): words[row["grade"]] for row in page.records(rows)}
    labels = dict(zip(rows["id"], rows["label"], strict=True))
    table = {"project": list(labels.values())}
    table |= {period: [held.get((id, period), "") for id in labels] for period in periods}
    columns = [Column("project", view.say("col_project")), *(Column(period, period) for period in periods)]
    return pd.DataFrame(table, dtype=object), columns


def go_back(ends: Mapping[Any, date], picked: Sequence[str]) -> None:
    if picked and picked[0] in ends:
        st.session_state["as_of"] = ends[picked[0]].isoformat()


# ---------------------------------------------------------------- the rules


def draw_rules(view: View, known: Sequence[Rule]) -> None:
    page.heading(view.say("rules_title"), view.say("rules_unit"))
    rows = [rule_row(view, place, rule) for place, rule in enumerate(known, 1)]
    names = ("order", "grade", "metric", "condition", "means", "empty", "ground")
    wide = {"means"}
    columns = [Column(name, view.say(f"col_{name}"), wide=name in wide) for name in names]
    page.table(rows, columns, caption=view.say("rules_title"))
    page.note(view, "rules_note")


def rule_row(view: View, place: int, rule: Rule) -> dict[str, str]:
    return {
        "order": str(place),
        "grade": f"{SIGNS[rule.grade]} {view.say(f'grades.{rule.grade}')}".replace(" ", NBSP),
        "metric": metric_name(view, rule),
        "condition": condition(view, rule),
        "means": rule.means[view.lang],
        "empty": view.say(f"empty_{rule.empty}"),
        "ground": rule.ground.get(view.lang) or view.say("no_ground"),
    }


def draw_how(view: View) -> None:
    page.paragraph(view.say("no_rules"))
    page.paragraph(view.say("how"))
    sample = markup.escape(status.SAMPLE).replace("{", "&#123;")  # no place of ours to fill
    st.html(f'<pre class="how" tabindex="0">{sample}</pre>')


def draw_unmonitored(view: View, found: Sequence[Graded]) -> None:
    page.unknown(view, view.say("not_monitored"))
    page.paragraph(view.say("published"))
    if found:
        states = Counter(one.state for one in found)
        counts = page.listing(view, [f"{view.app(f'project_state.{one}')} {n}" for one, n in states.most_common()])
        day = page.short_day(view.as_of, "day", view.lang)
        page.paragraph(view.say("published_counts", day=day, total=len(found), counts=counts))
    links = {"to_projects": "projects", "to_deadlines": "deadlines"}
    page.bullets([page.linked(view.link(slug), view.say(key)) for key, slug in links.items()])


# ---------------------------------------------------------------- files to take away


def draw_downloads(view: View, shown: Sequence[Graded]) -> None:
    downloads.draw(
        view, "status", lambda: Sheet(view.say("sheet"), rows_of(view, shown), fields(view)), lambda: notes(view)
    )


def rows_of(view: View, shown: Sequence[Graded]) -> pd.DataFrame:
    titles, places = view.names("project"), view.names("territory")
    return pd.DataFrame(
        [
            {
                "project": one.project,
                "territory": places[one.territory],
                "title": titles[one.project],
                "grade": view.say(f"grades.{one.grade}"),
                "first": "; ".join(verdict.rule.means[view.lang] for verdict in one.fired[:1]),
                "value": "; ".join(measured(view, verdict) for verdict in one.fired[:1]),
                "others": "; ".join(verdict.rule.means[view.lang] for verdict in one.fired[1:]),
                "lift": "; ".join(lifting(view, one)),
                "unknown": not_judged(view, one) if one.unknown else "",
            }
            for one in shown
        ],
        dtype=object,
    )


def fields(view: View) -> list[Field]:
    names = ("project", "territory", "title", "grade", "first", "value", "others", "lift", "unknown")
    return [Field(name, view.say(f"col_{name}")) for name in names]


def notes(view: View) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the table: day, filters, and the rules themselves."""
    known = [
        f"{row['order']}. {row['grade']}: {row['metric']} {row['condition']}. {row['means']}. {row['ground']}"
        for row in (rule_row(view, place, rule) for place, rule in enumerate(status.rules(view.snapshot), 1))
    ]
    rules = zip([view.say("note_rules"), *[""] * len(known)], known, strict=False)
    return [*downloads.notes(view, asked=status.whole_projects(view.asked)), *rules]


def draw_graded(view: View, found: Sequence[Graded]) -> None:
    grade = view.chosen("grade")
    shown = [one for one in found if grade in ("", one.grade)]
    page.heading(view.say("now_title"), page.subtitle(view, view.say("now_unit")))
    draw_counts(view, found)
    draw_tools(view, found, shown, ruled=True)
    if not shown:
        page.paragraph(view.say("none_of_grade"))
        return
    draw_table(view, shown)
    if len(shown) > ROWS_SHOWN:
        page.note(view, "cut", shown=ROWS_SHOWN, total=len(shown))
    if "action_line" in view.asked.chosen:
        page.note(view, "not_by_line")
    page.foot(
        view,
        "status_now",
        title=view.say("now_title"),
        sources=sources.cited(view.asked, *TABLES),
        metrics=judged_by(view),
        asked=status.whole_projects(view.asked),
    )
    draw_history(view, shown)


view = page.view(__file__)
known = status.rules(view.snapshot)
found = status.graded(view.asked)
if known:
    if found:
        draw_graded(view, found)
    else:
        page.paragraph(view.say("none"))
    draw_rules(view, known)
else:
    if not overview.monitored(view.snapshot):
        draw_unmonitored(view, found)
    draw_how(view)
