from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import projects, sources
from impact_analytics.ui import downloads, markup, page
from impact_analytics.ui.page import View

ROWS_SHOWN = 120
STATES = ("active", "past_term", "ended", "not_started", "withdrawn")
TABLES = ("project", "funding", "partner")
Row = Mapping[Any, Any]


# ---------------------------------------------------------------- above the table


def draw_tools(view: View, rows: pd.DataFrame, sought: str, *, monitored: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(view.say("search"), key="q", help=view.say("search_hint"))
        if len(rows):
            draw_downloads(view, rows, sought, monitored=monitored)


def draw_summary(view: View, rows: pd.DataFrame, sought: str) -> None:
    page.heading(view.say("list_title"), page.subtitle(view))
    counts = rows["state"].value_counts()
    states = ", ".join(view.say(f"state_{state}", count=counts[state]) for state in STATES if state in counts)
    said = view.say("states", total=len(rows), states=states) if len(rows) else view.say("none")
    if sought:
        key = "found" if len(rows) > 1 else "found_one" if len(rows) else "found_none"
        said = view.say(key, count=len(rows), total=projects.presented(view.asked), sought=sought)
    page.paragraph(said)


# ---------------------------------------------------------------- the table


def draw_table(view: View, rows: pd.DataFrame, *, monitored: bool) -> None:
    left = ("territory", "project", "codes", "start", "status")
    said = [(view.say(f"col_{name}"), "left wide" if name == "project" else "left") for name in left]
    said += [(view.say("col_funding"), "right"), (name_of(view, "bodies_named"), "right")]
    if monitored:
        said += [(name_of(view, name), "right") for name in projects.PROGRESS]
    mixed = len(set(rows["basis"])) > 1
    lines = [
        [*who(view, row), *when(view, row), *what(view, row, mixed=mixed, monitored=monitored)] for row in records(rows)
    ]
    st.html(table(said, lines, view.say("list_title")))


def table(headings: Sequence[tuple[str, str]], lines: Sequence[Sequence[str]], caption: str) -> str:
    """Return a table whose cells are HTML already."""
    head = "".join(
        f'<th scope="col" class="{side}" style="white-space:normal">{markup.escape(name)}</th>'
        for name, side in headings
    )
    sides = [side for _, side in headings]
    cells = [
        "".join(f'<td class="{side}">{cell}</td>' for cell, side in zip(line, sides, strict=True)) for line in lines
    ]
    body = "".join(f"<tr>{line}</tr>" for line in cells)
    said = markup.escape(caption)
    return (
        f'<div class="table-box" tabindex="0" role="region" aria-label="{said}"><table class="figures">'
        f"<caption>{said}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def cell(told: str | None, below: str = "") -> str:
    return markup.escape(told or "") + (page.quietly(below) if below else "")


def who(view: View, row: Row) -> list[str]:
    dossier = view.link("territories", territory=[row["territory"]], q=None)
    sheet = view.link("project", project=row["project_id"])
    within = page.quietly(view.say("within", names=row["found"])) if row["found"] else ""
    return [
        page.linked(dossier, row["territory_name"]),
        page.linked(sheet, row["title"] or view.say("no_title")) + page.quietly(row["lead"]) + within,
        cell(row["prog_code"] or row["cup"] or view.say("no_codes"), row["cup"] if row["prog_code"] else ""),
    ]


def when(view: View, row: Row) -> list[str]:
    return [
        day(view, row["started_on"], row["started_precision"]),
        cell(state(view, row), until(view, row)),
    ]


def until(view: View, row: Row) -> str:
    """Say since when a project is over, or by when it has to be."""
    if row["withdrawn_on"] is not None:
        return day(view, row["withdrawn_on"], row["withdrawn_precision"])
    if row["ended_on"] is not None:
        return view.say("ended_on", day=day(view, row["ended_on"], row["ended_precision"]))
    return view.say("term_on", day=day(view, row["term_on"], "day"))


def what(view: View, row: Row, *, mixed: bool, monitored: bool) -> list[str]:
    amount = row["amount_eur"] if row["estimate_eur"] is None else row["estimate_eur"]
    basis = view.app(f"bases.{row['basis']}") if row["basis"] and mixed else ""
    cells = [
        cell(page.written(view, amount, "eur", basis=row["basis"]), basis),
        page.written(view, row["bodies"], "count"),
    ]
    if not monitored:
        return cells
    running = row["state"] != "withdrawn"
    share, gap, missing = (row[name] for name in projects.PROGRESS)
    return [
        *cells,
        page.written(view, share, "share") if running else "",
        page.moved(view, gap, "share") if running else "",
        page.written(view, missing, "count") if running else "",
    ]


def day(view: View, value: Any, precision: Any) -> str:
    return view.app("not_known") if value is None else page.short_day(value, precision, view.lang)


def state(view: View, row: Row) -> str:
    return view.say("past_term") if row["state"] == "past_term" else view.app(f"project_state.{row['state']}")


def name_of(view: View, metric: str) -> str:
    return page.card(view, metric).label


def records(rows: pd.DataFrame) -> list[Row]:
    return list(page.records(rows))


# ---------------------------------------------------------------- files to take away


def draw_downloads(view: View, rows: pd.DataFrame, sought: str, *, monitored: bool) -> None:
    downloads.draw(
        view,
        "projects",
        lambda: Sheet(view.say("sheet"), in_words(view, rows), fields(view, monitored=monitored)),
        lambda: notes(view, rows, sought),
    )


def in_words(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as the files hold them: codes in words, an estimate as text, which neither sorts nor adds."""
    estimates = [
        None if value is None else page.written(view, value, "eur", basis="estimate") for value in rows["estimate_eur"]
    ]
    return rows.assign(
        state=[state(view, row) for row in records(rows)],
        basis=[view.app(f"bases.{basis}") if basis else "" for basis in rows["basis"]],
        estimate=pd.Series(estimates, index=rows.index, dtype=object),
    )


def fields(view: View, *, monitored: bool) -> list[Field]:
    found = [
        Field("territory_name", view.say("col_territory")),
        Field("title", view.say("col_title")),
        Field("lead", view.say("col_lead")),
        Field("prog_code", view.say("col_prog")),
        Field("cup", view.say("col_cup")),
        Field("started_on", view.say("col_start"), "date", "started_precision"),
        Field("ended_on", view.say("col_end_real"), "date", "ended_precision"),
        Field("term_on", view.say("col_term"), "date"),
        Field("state", view.say("col_state")),
        Field("withdrawn_on", view.say("col_withdrawn"), "date", "withdrawn_precision"),
        Field("amount_eur", view.say("col_amount"), "eur"),
        Field("estimate", view.say("col_estimate")),
        Field("basis", view.say("col_basis")),
        Field("bodies", name_of(view, "bodies_named"), "count"),
    ]
    if monitored:
        share, gap, missing = projects.PROGRESS
        found += [Field(share, name_of(view, share), "share"), Field(gap, view.say("col_gap"), "points")]
        found.append(Field(missing, name_of(view, missing), "count"))
    return [*found, Field("url", view.say("col_page"))]


def notes(view: View, rows: pd.DataFrame, sought: str) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the list: what it is, how it is narrowed, on what ground."""
    more = [
        *([(view.say("note_search"), sought)] if sought else []),
        (view.say("note_rows"), str(len(rows))),
        *([(view.say("note_estimates"), view.say("estimates"))] if estimated(rows) else []),
    ]
    cited = sources.cited(view.asked, "project", "funding", "partner")
    return downloads.notes(view, *more, asked=projects.whole_lines(view.asked), sources=cited)


# ---------------------------------------------------------------- below the table


def draw_notes(view: View, rows: pd.DataFrame) -> None:
    lines = []
    if len(rows) > ROWS_SHOWN:
        lines.append(view.say("cut", shown=ROWS_SHOWN, total=len(rows)))
    if estimated(rows):
        lines.append(view.say("estimates"))
    known = {name: int(rows[name].notna().sum()) for name in ("title", "prog_code", "cup", "amount_eur")}
    if min(known.values()) < len(rows):
        title, prog, cup, amount = known.values()
        lines.append(view.say("codes", total=len(rows), title=title, prog=prog, cup=cup, amount=amount))
    lines += absent(view)
    if "action_line" in view.asked.chosen:
        lines.append(view.say("not_by_line"))
    for line in lines:
        page.paragraph(line, quiet=True)


def absent(view: View) -> list[str]:
    rows = projects.absent(view.asked, view.lang)
    named = [f"{row['label']} ({row['note'].rstrip('.')})" if row["note"] else row["label"] for row in records(rows)]
    return [view.say("absent", names="; ".join(named))] if named else []


def estimated(rows: pd.DataFrame) -> bool:
    return bool((rows["basis"] == "estimate").any())


view = page.view(__file__)
sought = view.chosen("q").strip()
rows = projects.listed(view.asked, view.lang, sought)
monitored = projects.monitored(view.asked)
draw_tools(view, rows, sought, monitored=monitored)
draw_summary(view, rows, sought)
if len(rows):
    draw_table(view, rows.head(ROWS_SHOWN), monitored=monitored)
    cited = sources.cited(view.asked, "project", "funding")
    page.foot(view, "list", title=view.say("list_title"), sources=cited, rows=("project", "funding", "deadline"))
draw_notes(view, rows)
if not monitored:
    page.unknown(view, view.say("no_monitoring"))
