from collections.abc import Callable, Mapping, Sequence
from datetime import UTC

import pandas as pd
import streamlit as st

from impact_analytics.exports import csv_file
from impact_analytics.queries import data
from impact_analytics.ui import markup, page, passport
from impact_analytics.ui.page import Column, View
from impact_analytics.ui.spec import pages

WARNINGS_SHOWN = 60
SHORT_ID = 8
WRITTEN_DAYS = {"day": "%d/%m/%Y", "month": "%m/%Y", "year": "%Y"}
THRESHOLD_UNITS = {"days": "days", "points": "points", "share": "share", "rate": "share"}


def words(view: View, group: str) -> Mapping[str, str]:
    """Return a table of the page's words; an id that is not in it stands for itself."""
    found: Mapping[str, str] = view.words[group]
    return found


def count(view: View, number: int) -> str:
    return page.written(view, number, "count")


def choose(view: View, id: str, options: Mapping[str, str], every: str) -> str:
    """Draw one of the page's own choices; say so where the link asks for one that is not there."""
    asked_for = view.chosen(id)
    if asked_for and asked_for not in options:
        page.paragraph(view.app("rejected_unknown_value", name=id, value=asked_for[:60]))
    return page.choose(view, id, options, view.say(id), empty=every)


# ---------------------------------------------------------------- sources


def draw_sources(view: View) -> None:
    every = data.sources(view.asked, view.lang)
    wanted = st.text_input(view.say("search"), key="q", placeholder=view.say("search_hint"))
    rows = data.sources(view.asked, view.lang, wanted or "")
    page.heading(view.say("sources_title"), view.app("rows_shown", shown=len(rows), total=len(every)))
    if rows.empty:
        page.paragraph(view.say("sources_none", wanted=wanted))
        return
    licences = words(view, "licences")
    shown = rows.assign(
        day=[
            day.strftime(WRITTEN_DAYS[precision]) if day else view.say("undated")
            for day, precision in zip(rows["day"], rows["precision"], strict=True)
        ],
        licence=[licences.get(licence, licence) or "–" for licence in rows["licence"]],
        rows=[count(view, number) for number in rows["rows"]],
        tables=[", ".join(names) for names in rows["tables"]],
    )
    columns = [
        Column("title", view.say("col_title"), link="url", wide=True),
        Column("publisher", view.say("col_publisher")),
        Column("day", view.say("col_day")),
        Column("licence", view.say("col_licence")),
        Column("tables", view.say("col_used_in")),
        Column("rows", view.say("col_rows"), "right"),
    ]
    page.table(shown, columns, caption=view.say("sources_title"))
    page.note(view, "sources_note")


# ---------------------------------------------------------------- gaps


def draw_gaps(view: View) -> None:
    rows = data.gaps(view.asked, view.lang)
    page.heading(view.say("gaps_title"))
    if rows.empty:
        page.paragraph(view.say("gaps_none"))
        return
    known = pages()
    shown = rows.assign(
        place=[known[slug].words(view.lang)["menu"] if slug in known else "" for slug in rows["page"]],
        url=[view.link(slug) if slug in known else "" for slug in rows["page"]],
    )
    columns = [
        Column("title", view.say("col_gap"), wide=True),
        Column("reason", view.say("col_reason"), wide=True),
        Column("place", view.say("col_page"), link="url"),
    ]
    page.table(shown, columns, caption=view.say("gaps_title"))


# ---------------------------------------------------------------- glossary


def draw_glossary(view: View) -> None:
    names = {metric.id: metric.words(view.lang)["name"] for metrics in data.by_group().values() for metric in metrics}
    chosen = view.chosen("metric")
    if chosen in names:
        page.bullets([page.linked(page.passport(view, chosen), view.say("passport_of", metric=names[chosen]))])
    elif chosen:
        page.paragraph(view.app("rejected_unknown_value", name="metric", value=chosen[:60]))
    draw_metrics(view, names)


def draw_metrics(view: View, names: Mapping[str, str]) -> None:
    page.heading(view.say("glossary_title"), view.say("glossary_unit", count=len(names)))
    page.note(view, "glossary_note")
    body = []
    for group, metrics in data.by_group().items():
        body.append(f'<tr><th scope="rowgroup" colspan="3">{markup.escape(view.app(f"groups.{group}"))}</th></tr>')
        body += [metric_row(view, metric, names) for metric in metrics]
    heads = "".join(f'<th scope="col">{markup.escape(view.say(key))}</th>' for key in ("metric", "definition", "unit"))
    title = markup.escape(view.say("glossary_title"))
    st.html(
        f'<div class="table-box" tabindex="0" role="region" aria-label="{title}"><table class="figures">'
        f"<caption>{title}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def metric_row(view: View, metric: data.Metric, names: Mapping[str, str]) -> str:
    said = metric.words(view.lang)
    name = markup.anchor(page.passport(view, metric.id), names[metric.id])
    lines = [passport.formula(view, metric), metric.legal_base.get(view.lang, ""), said.get("caveat", "")]
    below = "".join(page.quietly(line) for line in lines if line)
    unit = ", ".join(filter(None, (passport.unit(view, metric), passport.direction(view, metric))))
    return (
        f'<tr><td>{name}</td><td class="wide">{markup.escape(said["definition"])}{below}</td>'
        f"<td>{markup.escape(unit)}</td></tr>"
    )


# ---------------------------------------------------------------- tables


def draw_tables(view: View) -> None:
    rows = data.tables(view.asked)
    chosen = choose(view, "table", {name: name for name in rows["name"]}, view.say("all_tables"))
    if chosen:
        draw_table(view, chosen, int(rows.set_index("name")["rows"][chosen]))
        return
    page.heading(
        view.say("tables_title"), view.say("tables_unit", count=len(rows), rows=count(view, int(rows["rows"].sum())))
    )
    shown = rows.assign(
        said=[words(view, "tables").get(name, "") for name in rows["name"]],
        url=[view.link("data", tab="tables", table=name) for name in rows["name"]],
        rows=[count(view, number) if number else view.say("no_rows") for number in rows["rows"]],
    )
    columns = [
        Column("name", view.say("table"), link="url"),
        Column("said", view.say("col_holds"), wide=True),
        Column("columns", view.say("col_columns"), "right"),
        Column("rows", view.say("col_rows"), "right"),
    ]
    page.table(shown, columns, caption=view.say("tables_title"))
    page.note(view, "tables_note")


def draw_table(view: View, name: str, number: int) -> None:
    page.heading(name, view.say("table_unit", rows=count(view, number)))
    page.paragraph(words(view, "tables").get(name, ""))
    draw_download(view, name)
    shown = pd.DataFrame(
        [(column.name, type_of(view, column), sentences(view, column, rules)) for column, rules in data.columns(name)],
        columns=["name", "type", "rules"],
    )
    columns = [
        Column("name", view.say("col_column")),
        Column("type", view.say("col_type")),
        Column("rules", view.say("col_rules"), wide=True),
    ]
    page.table(shown, columns, caption=name)
    draw_rules(view, data.rules_over_several(name))


def draw_download(view: View, name: str) -> None:
    mark = view.app("example_band") if view.example else ""
    before = view.app("example_file") if view.example else ""
    st.download_button(
        view.app("download_csv"),
        lambda: csv_file(data.table(view.asked, name), mark=mark),
        file_name=f"{before}{view.programme.id}_{name}_{view.snapshot.id}.csv",
        mime="text/csv",
        key=f"{name}_csv",
        on_click="ignore",
    )


def type_of(view: View, column: data.Column) -> str:
    return words(view, "types").get(column.type, column.type)


def sentences(view: View, column: data.Column, rules: Sequence[data.Rule]) -> str:
    """Return a column's rules in words, each once."""
    said = [view.say("rules.required")] if column.required else []
    said += [view.say(f"rules.{rule}", **details) for rule, details in rules]
    return "; ".join(dict.fromkeys(said))


def draw_rules(view: View, rules: Sequence[tuple[tuple[str, ...], data.Rule]]) -> None:
    if rules:
        said = [
            view.say(
                "rules.together_key" if rule == "duplicate" else f"rules.{rule}", columns=" + ".join(columns), **details
            )
            for columns, (rule, details) in rules
        ]
        page.heading(view.say("rules_title"), level=3)
        page.bullets([markup.escape(f"{one[:1].upper()}{one[1:]}.") for one in dict.fromkeys(said)])


# ---------------------------------------------------------------- freshness


def draw_freshness(view: View) -> None:
    state = data.state(view.asked)
    built = state.built.astimezone(UTC) if state.built else None
    day = page.written(view, built.date(), "date") if built else view.app("not_known")
    page.heading(view.say("freshness_title"))
    facts = [
        (view.app("snapshot"), state.id[:SHORT_ID], view.say("snapshot_note", id=state.id)),
        (view.say("built"), day, f"{built:%H:%M} UTC" if built else ""),
        (view.say("col_rows"), count(view, state.rows), view.say("filled", filled=state.filled, total=state.tables)),
        (view.say("newest"), page.written(view, state.newest, "date"), view.say("newest_note")),
    ]
    shown = pd.DataFrame(facts, columns=["term", "value", "note"])
    columns = [
        Column("term", view.say("col_term")),
        Column("value", view.say("col_value"), "right"),
        Column("note", view.app("note"), wide=True),
    ]
    page.table(shown, columns, caption=view.say("freshness_title"))
    page.bullets([page.linked(view.link("data", tab="freshness", snapshot=state.id), view.say("pin"))])
    left, right = st.columns(2, gap="large")
    with left:
        draw_newest(view)
    with right:
        draw_thresholds(view)
        draw_warnings(view)


def draw_newest(view: View) -> None:
    rows = data.tables(view.asked)
    rows = rows[rows["rows"] > 0]
    shown = rows.assign(
        rows=[count(view, number) for number in rows["rows"]],
        newest=[page.written(view, day, "date") if day else "–" for day in rows["newest"]],
    )
    columns = [
        Column("name", view.say("table")),
        Column("rows", view.say("col_rows"), "right"),
        Column("column", view.say("col_by")),
        Column("newest", view.say("col_newest"), "right"),
    ]
    page.heading(view.say("newest_title"), level=3)
    page.table(shown, columns, caption=view.say("newest_title"))


def draw_warnings(view: View) -> None:
    rows = data.warnings(view.asked, view.lang)
    page.heading(view.say("warnings_title"), level=3)
    if rows.empty:
        page.paragraph(view.say("warnings_none"))
        return
    page.paragraph(view.say("warnings_note", count=len(rows)), quiet=True)
    page.bullets([markup.escape(sentence) for sentence in rows["sentence"][:WARNINGS_SHOWN]])
    if len(rows) > WARNINGS_SHOWN:
        page.note(view, "warnings_more", count=len(rows) - WARNINGS_SHOWN)


def draw_thresholds(view: View) -> None:
    held, names = view.programme.thresholds, words(view, "thresholds")
    page.heading(view.say("thresholds_title"), level=3)
    if not held:
        page.paragraph(view.say("thresholds_none"))
        return
    shown = pd.DataFrame(
        [
            (names.get(id, id), threshold(view, id, number), view.programme.grounds.get(id, {}).get(view.lang, ""))
            for id, number in held.items()
        ],
        columns=["name", "value", "ground"],
    )
    columns = [
        Column("name", view.say("col_threshold"), wide=True),
        Column("value", view.say("col_value"), "right"),
        Column("ground", view.say("col_ground"), wide=True),
    ]
    page.table(shown, columns, caption=view.say("thresholds_title"))


def threshold(view: View, id: str, number: float) -> str:
    """Return a threshold with the unit that its name ends in; points are written as such, not as shares."""
    unit = THRESHOLD_UNITS.get(id.rpartition("_")[2], "count")
    return page.written(view, number / 100 if unit == "points" else number, unit)


# ---------------------------------------------------------------- the parts

PARTS: Mapping[str, Callable[[View], None]] = {
    "sources": draw_sources,
    "glossary": draw_glossary,
    "tables": draw_tables,
    "gaps": draw_gaps,
    "freshness": draw_freshness,
}


def part(view: View) -> str:
    """Draw the choice of the part and return it."""
    if st.session_state.get("tab") not in PARTS:
        st.session_state["tab"] = next(iter(PARTS))
    chosen = st.segmented_control(
        view.say("part"),
        list(PARTS),
        key="tab",
        required=True,
        format_func=lambda id: view.say(f"parts.{id}"),
        label_visibility="collapsed",
    )
    return str(chosen)


view = page.view(__file__)
PARTS[part(view)](view)
page.note(view, "whole_note")
