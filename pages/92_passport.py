from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import Asked, behind, data, of_project, value
from impact_analytics.queries.behind import Behind, Stands
from impact_analytics.ui import downloads, markup, page, passport, trail
from impact_analytics.ui.page import Column, View

ROWS_SHOWN = 25
FEW, PLACES_OF_FEW, PLACES_SHOWN = 8, 4, 2  # of few items more places are shown


# ---------------------------------------------------------------- which number


def draw_all(view: View) -> None:
    """Draw every metric by its group."""
    count = sum(len(found) for found in data.by_group().values())
    page.heading(view.say("all_title"), view.say("all_unit", count=count))
    sections = []
    for group, found in data.by_group().items():
        listed = [markup.anchor(page.passport(view, metric.id), passport.name_of(view, metric.id)) for metric in found]
        head = f'<h3>{markup.escape(view.app(f"groups.{group}"))} <span class="count">{len(found)}</span></h3>'
        sections.append(f'<section>{head}<p class="links">{"".join(listed)}</p></section>')
    st.html(f'<div class="told">{"".join(sections)}</div>')


def choose(view: View) -> tuple[str, str]:
    """Draw the choices of metric and project and return them."""
    named = {metric.id: named_by_group(view, metric) for found in data.by_group().values() for metric in found}
    left, right = st.columns(2)
    with left:
        metric = page.choose(view, "metric", named, view.say("choose"), empty=view.say("empty"))
    with right:
        project = page.choose(
            view, "project", view.names("project"), view.say("project"), empty=view.say("every_project")
        )
    return metric, project


def named_by_group(view: View, metric: data.Metric) -> str:
    return f"{view.app(f'groups.{metric.group}')} · {passport.name_of(view, metric.id)}"


# ---------------------------------------------------------------- the number and its definition


def draw_number(view: View, asked: Asked, name: str, rows: behind.Tables) -> None:
    metric = data.metrics()[name]
    page.heading(passport.name_of(view, name), subtitle(view, asked, view.app(f"groups.{metric.group}")))
    if asked.without:
        page.note(view, "without", acts=page.listing(view, list(asked.without)))
    left, right = st.columns([1, 2], gap="large")
    with left:
        page.cards([page.bare(page.card_of(view, value(asked, name)))])
        draw_verdict(view, asked, name)
    with right:
        said = passport.lines(view, metric, behind.figure(asked, name, rows), rows)
        columns = [Column("term", view.say("col_term")), Column("said", view.say("col_said"), wide=True)]
        page.table(pd.DataFrame(said, columns=["term", "said"]), columns, caption=passport.name_of(view, name))


def subtitle(view: View, asked: Asked, group: str) -> str:
    """Return the quiet line under the number's name; a project stands there instead of the whole."""
    projects = asked.chosen.get("project")
    if not projects:
        return page.subtitle(view, group)
    return " · ".join([group, *(view.names("project")[id] for id in projects), page.as_of_line(view)])


def draw_verdict(view: View, asked: Asked, name: str) -> None:
    """Offer to work the number out anew, and say what came of it."""
    if st.button(passport.say(view, "verify"), key="verify", type="primary"):
        st.html(passport.verdict(view, passport.judge(asked, name)))
    else:
        page.paragraph(passport.say(view, "verify_help"), quiet=True)


def draw_parts(view: View, asked: Asked, name: str) -> None:
    parts = data.metrics()[name].parts
    if parts:
        page.heading(view.say("parts_title"))
        page.cards([page.card_of(view, value(asked, one)) for one in parts])


# ---------------------------------------------------------------- the rows behind it


def draw_rows(view: View, asked: Asked, name: str, rows: behind.Tables) -> None:
    page.heading(view.say("rows_title"))
    if behind.figure(asked, name, rows) is None:
        page.paragraph(view.say("sql_not_split"))
        return
    every = behind.listed(asked, name, rows, view.lang)
    for measure, items in every.items():
        draw_measure(view, measure, items)
    if any(every.values()):
        page.note(view, "rows_own" if passport.own_rows(view, rows) else "rows_note")
        with st.container(horizontal=True):
            downloads.draw(
                view,
                "behind",
                lambda: sheet(view, [one for items in every.values() for one in items]),
                lambda: notes(view, asked, name, rows),
            )


def draw_measure(view: View, measure: str, items: Sequence[Behind]) -> None:
    name, shown = passport.name_of(view, measure), items[:ROWS_SHOWN]
    if not items:
        page.heading(name, level=3)
        page.paragraph(view.say("rows_none"), quiet=True)
        return
    key = "rows_one" if len(items) == 1 else "rows_all" if len(items) == len(shown) else "rows_unit"
    counted = {"shown": len(shown), "total": page.written(view, len(items), "count")}
    page.paragraph(view.say(key, measure=name, **counted), quiet=True)
    heads = ["col_of", "col_place", "col_source", "col_more"]
    weighed = items[0].weight is not None
    right = ["col_amount", *(["col_weight"] if weighed else [])]
    head = "".join(f'<th scope="col">{markup.escape(view.say(key))}</th>' for key in heads)
    head = "".join(f'<th scope="col" class="right">{markup.escape(view.say(key))}</th>' for key in right) + head
    most = PLACES_OF_FEW if len(shown) <= FEW else PLACES_SHOWN
    body = "".join(f"<tr>{row_of(view, one, most, weighed=weighed)}</tr>" for one in shown)
    st.html(
        f'<div class="table-box" tabindex="0" role="region" aria-label="{markup.escape(name)}">'
        f'<table class="figures"><caption>{markup.escape(name)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def row_of(view: View, one: Behind, most: int, *, weighed: bool) -> str:
    """Return one item as cells: what it puts in, of whom, where its rows stand, their documents, the way down."""
    amounts = [
        passport.amount(view, one.measure, one.amount),
        *([page.written(view, one.weight, "eur")] if weighed else []),
    ]
    cells = [f'<td class="right">{markup.escape(said)}</td>' for said in amounts]
    cells += [f"<td>{text or '–'}</td>" for text in (markup.escape(whose(view, one)), places(view, one, most))]
    return "".join(
        [*cells, f'<td class="cited">{sources_of(one, most)}</td>', f"<td>{'<br>'.join(further(view, one))}</td>"]
    )


def whose(view: View, one: Behind) -> str:
    """Return the territory, line, network… that an item stands under."""
    named = [(id, one.ids.get(id)) for id in ("territory", "action_line", "network")]
    said = [view.names(id).get(held, held) for id, held in named if held]
    return " · ".join([*said, *filter(None, [one.ids.get("period")])])


def places(view: View, one: Behind, most: int) -> str:
    """Return where the rows of an item stand, each a way to its table."""
    said = [
        f"{markup.anchor(view.link('data', tab='tables', table=stands.row.table), stands.row.table)}"
        f'<span class="place">{markup.escape(placed(view, one, stands))}</span>'
        for stands in one.rows[:most]
    ]
    more = len(one.rows) - most
    return "".join(said) + (page.quietly(view.say("more_rows", count=more)) if more > 0 else "")


def placed(view: View, one: Behind, stands: Stands) -> str:
    """Say where a row stands, and what it puts in where several are put together."""
    where = passport.place(view, stands)
    return where if stands.amount is None else f"{where}: {passport.amount(view, one.measure, stands.amount)}"


def sources_of(one: Behind, most: int) -> str:
    titles = dict.fromkeys((stands.source, stands.document) for stands in one.rows[:most] if stands.source)
    return "<br>".join(
        markup.anchor(address, title, outside=True) if address else markup.escape(title) for title, address in titles
    )


def further(view: View, one: Behind) -> Iterator[str]:
    """Yield the ways down from an item: to the sheet, the payment request, the project."""
    sheets = dict.fromkeys(stands.sheet for stands in one.rows if stands.sheet[0])
    for project, period in list(sheets)[:1]:
        yield markup.anchor(view.link("sheets", project=project, period=period), view.say("to_sheet", period=period))
    for request in list(dict.fromkeys(stands.request for stands in one.rows if stands.request))[:1]:
        yield markup.anchor(view.link("payments", request=request), view.say("to_request", request=request))
    if whole := one.ids.get("project"):
        yield markup.anchor(view.link("project", project=whole), view.say("project").lower())


def sheet(view: View, items: Sequence[Behind]) -> Sheet:
    """Return every row behind the number, one a line; the amount stands on the first row of its item."""
    rows = [flat(view, one, stands, first=stands is one.rows[0]) for one in items for stands in one.rows]
    fields = [
        Field("measure", view.say("col_measure")),
        Field("amount", view.say("col_amount"), unit_in="unit"),
        Field("inner", view.say("col_inner"), unit_in="unit"),
        Field("weight", view.say("col_weight"), "eur"),
        Field("whose", view.say("col_of")),
        Field("table", view.say("col_table")),
        Field("file", view.say("col_file")),
        Field("line", view.say("col_line"), "count"),
        Field("column", view.say("col_column")),
        Field("sheet", view.say("col_sheet")),
        Field("cell", view.say("col_cell")),
        Field("source", view.say("col_source")),
        Field("address", view.say("col_address")),
    ]
    return Sheet(view.say("sheet"), pd.DataFrame(rows, dtype=object), fields)


def flat(view: View, one: Behind, stands: Stands, *, first: bool) -> Mapping[str, Any]:
    unit = data.metrics()[one.measure].unit
    amount = float(one.amount) if unit in ("share", "points") else one.amount
    return {
        "measure": passport.name_of(view, one.measure),
        "amount": amount if first else None,
        "inner": stands.amount,
        "unit": unit,
        "weight": one.weight if first else None,
        "whose": whose(view, one),
        "table": stands.row.table,
        "file": stands.row.file,
        "line": stands.row.line,
        "column": stands.column,
        "sheet": stands.row.sheet,
        "cell": stands.cell,
        "source": stands.source,
        "address": stands.document,
    }


def notes(view: View, asked: Asked, name: str, rows: behind.Tables) -> list[tuple[str, str]]:
    """Return what the workbook says of the number."""
    found, metric = value(asked, name), data.metrics()[name]
    more = [
        (view.say("note_value"), page.written(view, found.value, found.unit, basis=found.basis)),
        *passport.lines(view, metric, behind.figure(asked, name, rows), rows),
    ]
    return downloads.notes(view, *more, title=passport.name_of(view, name), asked=asked)


# ---------------------------------------------------------------- SQL


def draw_sql(view: View, asked: Asked, name: str) -> None:
    known = data.passport(asked, name)
    if known.not_split:
        return
    opened = st.expander(view.say("sql"), key="sql", on_change="rerun", type="compact")
    if opened.open:
        with opened:
            page.note(view, "sql_note")
            for sql, params in known.statements:
                draw_statement(view, sql, params)
            for made, select in known.made.items():
                page.note(view, "sql_made", table=made)
                st.code(select, language=None, wrap_lines=True)


def draw_statement(view: View, sql: str, params: Mapping[str, Any]) -> None:
    st.code(sql, language=None, wrap_lines=True)
    shown = pd.DataFrame(
        [(f"${name}", said_param(view, held)) for name, held in sorted(params.items())], columns=["name", "value"]
    )
    columns = [Column("name", view.say("col_param")), Column("value", view.say("col_value"))]
    page.table(shown, columns, caption=view.say("col_param"))


def said_param(view: View, held: object) -> str:
    several = held if isinstance(held, list | tuple) else [held]
    return ", ".join(str(one) for one in several) or view.say("param_none")


view = page.view(__file__)
name, project = choose(view)
if name:
    asked = of_project(view.asked, project) if project else view.asked
    if project:
        trail.draw(view, project, (passport.name_of(view, name), ""))
    rows = passport.rows_of(view)
    draw_number(view, asked, name, rows)
    draw_parts(view, asked, name)
    draw_rows(view, asked, name, rows)
    draw_sql(view, asked, name)
else:
    draw_all(view)
