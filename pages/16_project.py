from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import deadlines as drawn
from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import deadlines, ledger, overview, sources, values
from impact_analytics.queries import project as queries
from impact_analytics.ui import downloads, freshness, markup, page, trail
from impact_analytics.ui.page import Card, Column, View

LISTED = 40  # projects to choose from on the page
SHORT = 8  # rows of a part on the page
LONG = 12  # of bodies and documents
LINES_ROOM = 40  # characters
TABLES = ("project", "funding", "deadline")
DATED = ("started", "ended", "withdrawn")
Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Part:
    """One part of what is known of a project: its rows, codes in words, and the fields that page and workbook show.

    `links` names the column with the address that a field leads to; `apart` stands in the workbook alone.
    """

    rows: pd.DataFrame
    fields: Sequence[Field]
    links: Mapping[str, str] = field(default_factory=dict)
    apart: Sequence[str] = ()
    short: int = SHORT


# ---------------------------------------------------------------- which project


def label(view: View, row: Row) -> str:
    codes = [row["prog_code"], row["cup"]]
    title = row["title"] or view.say("no_title")
    return " · ".join(part for part in (row["territory_name"], title, *codes) if part)


def choose(view: View, found: pd.DataFrame) -> str:
    """Let a reader search by PROG, CUP, title or territory; a project that a link names stays in the list."""
    options = {row["project_id"]: label(view, row) for row in page.records(found)}
    held = view.chosen("project")
    if held and held not in options:
        options[held] = view.names("project")[held]
    return page.choose(
        view, "project", options, view.say("choose"), empty=view.say("empty"), help=view.say("choose_hint"), width=640
    )


def draw_list(view: View, found: pd.DataFrame) -> None:
    page.heading(view.say("list_title"), page.subtitle(view))
    if found.empty:
        page.paragraph(view.say("list_none"))
        return
    every = page.records(found)
    shown = found.assign(
        title=[row["title"] or view.say("no_title") for row in every],
        address=[view.link("project", project=row["project_id"]) for row in every],
        codes=[" · ".join(code for code in (row["prog_code"], row["cup"]) if code) or "–" for row in every],
        state=[view.app(f"project_state.{row['state']}") for row in every],
    )
    columns = [
        Column("territory_name", view.say("col_territory")),
        Column("title", view.say("col_title"), link="address"),
    ]
    columns += [Column("codes", view.say("col_codes")), Column("lead", view.say("col_lead"))]
    page.table(shown.head(LISTED), [*columns, Column("state", view.say("col_state"))], caption=view.say("list_title"))
    if len(found) > LISTED:
        page.paragraph(view.app("rows_shown", shown=LISTED, total=len(found)), quiet=True)
    st.html(f'<p class="plain">{page.linked(view.link("projects"), view.say("list_all"))}</p>')


# ---------------------------------------------------------------- who it is


def draw_identity(view: View, known: Row) -> None:
    place = known["territory_name"]
    page.heading(known["title"] or view.say("no_title"), f"{place} · {page.as_of_line(view)}")
    state = view.app(f"project_state.{known['state']}")
    dossier = page.linked(view.link("territories", place=known["territory"]), place)
    facts = [
        (view.say("col_state"), f"<b>{markup.escape(state)}</b>"),
        (view.say("col_lead"), markup.escape(known["lead"])),
        (view.say("col_territory"), f"{dossier} ({markup.escape(known['macro_area_name'])})"),
        ("PROG", markup.escape(known["prog_code"] or view.app("not_known"))),
        ("CUP", markup.escape(known["cup"] or view.app("not_known"))),
        *((view.say(f"col_{name}"), markup.escape(day(view, known, name))) for name in DATED if told(known, name)),
        *more_facts(view, known),
        (view.say("col_call"), markup.escape(known["call_title"])),
        (view.app("source"), outside(known["source_url"], known["source"])),
    ]
    listed = "".join(f"<div><dt>{markup.escape(name)}</dt><dd>{said}</dd></div>" for name, said in facts)
    st.html(f'<dl class="facts">{listed}</dl>')
    if known["note"]:
        page.paragraph(known["note"], quiet=True)


def told(known: Row, name: str) -> bool:
    """Say whether a date belongs on the page: a start that is not known does, an end or withdrawal does not."""
    return name == "started" or known[f"{name}_on"] is not None


def more_facts(view: View, known: Row) -> list[tuple[str, str]]:
    counts = [(view.say(f"col_{name}"), str(known[name])) for name in ("ranking", "planned_months") if known[name]]
    site = [(view.say("col_page"), outside(known["url"], view.say("its_page")))] if known["url"] else []
    return [*counts, (view.say("col_known"), markup.escape(page.written(view, known["known_from"], "date"))), *site]


def outside(url: str, words: str) -> str:
    return markup.anchor(url, words, outside=True) if url else markup.escape(words)


def codes_said(view: View, known: Row) -> str:
    return " · ".join(known[code] or view.app("not_known") for code in ("prog_code", "cup"))


def day(view: View, known: Row, name: str) -> str:
    value = known[f"{name}_on"]
    return view.app("not_known") if value is None else page.short_day(value, known[f"{name}_precision"], view.lang)


# ---------------------------------------------------------------- figures


def draw_cards(view: View, *, monitored: bool) -> None:
    wanted = queries.MONITORED if monitored else queries.PUBLISHED
    found = queries.figures(view.asked, wanted)
    page.cards([card(view, found[name]) for name in wanted])


def card(view: View, found: Any) -> Card:
    if found.metric == "moved_months":
        return page.card_of(view, found, note=split_said(view))
    if found.metric == "incurred":
        return page.card_of(view, found, note=freshness.brief(view))
    if found.metric == "residual_delay" and found.value is not None:
        late = found.value > 0
        return page.card_of(
            view, found, note=view.say("late" if late else "in_time"), status="late" if late else "on_track"
        )
    return page.card_of(view, found)


def split_said(view: View) -> str:
    """Return the months moved in three: with money, without, of unknown type."""
    found = values(view.asked, tuple(f"{name}_months" for name in deadlines.EXTENSIONS))
    known = [(name, found[f"{name}_months"].value) for name in deadlines.EXTENSIONS]
    return " · ".join(f"{view.app(f'extension.{name}')} {months}" for name, months in known if months is not None)


# ---------------------------------------------------------------- terms


def draw_terms(view: View) -> None:
    page.heading(view.say("parts.terms"), level=3)
    page.paragraph(ledger.of_project(view.asked, view.project, view.lang))
    rows = deadlines.terms(view.asked, view.lang)
    if rows["term_on"].notna().any():
        bars = rows.assign(
            start=rows["started_on"].where(rows["started_on"].notna(), rows["known_from"]), term=rows["term_on"]
        )
        page.chart(
            view,
            "project_term",
            lambda: drawn.projects(bars, view.look, view.lang, as_of=view.as_of),
            alt=lambda: drawn.projects_alt(bars, view.lang, as_of=view.as_of),
            title=view.say("term_title"),
            subtitle=page.subtitle(view, view.say("term_unit")),
            sources=sources.cited(view.asked, "deadline"),
            metrics=("first_term", "term_in_force", "residual_delay"),
        )
    draw_part(view, terms(view), "terms")
    st.html(f'<p class="plain">{page.linked(view.link("deadlines", project=view.project), view.say("terms_all"))}</p>')


def terms(view: View) -> Part:
    decided = deadlines.decisions(view.asked, view.lang)
    gone = deadlines.terms(view.asked, view.lang)["withdrawn_on"].iloc[0]
    own = [not row["possible"] and (gone is None or row["known_on"] <= gone) for row in page.records(decided)]
    every = page.records(decided[own])
    shown = decided[own].assign(
        what=[act_said(view, row) for row in every],
        level=[view.say("level_own" if row["own"] else "level_call") for row in every],
        extension=[view.app(f"extension.{row['extension']}") for row in every],
        school=[
            ", ".join(map(school_said, deadlines.school_years(row["before_on"], row["ends_on"], view.programme.school)))
            for row in every
        ],
        compare=[view.say("without") if movable(row) else "" for row in every],
        without=[
            view.link("deadlines", project=view.project, without=[row["act_id"]]) if movable(row) else ""
            for row in every
        ],
    )
    dated = [
        Field(name, view.say(f"col_{name}"), "date")
        for name in ("adopted_on", "registered_on", "effective_on", "known_on")
    ]
    fields = [Field("what", view.say("col_act")), Field("level", view.say("col_level")), *dated]
    fields += [Field(name, view.say(f"col_{name}"), "date") for name in ("before_on", "ends_on")]
    fields += [Field("months", view.say("col_months"), "months"), Field("extension", view.say("col_extension"))]
    fields += [Field("school", view.say("col_school"))] if deadlines.has_school_time(view.asked) else []
    fields += [Field("compare", view.say("col_compare")), Field("source", view.app("source"))]
    return Part(shown, fields, {"what": "url", "compare": "without"}, ("source",), LONG)


def act_said(view: View, row: Row) -> str:
    if row["uncertain"]:
        return view.say("act_not_found", day=page.written(view, row["decided_not_after"], "date"))
    return str(row["act"] or view.say("no_act"))


def movable(row: Row) -> bool:
    return row["act_id"] is not None and row["extension"] != "first"


def school_said(span: deadlines.SchoolTime) -> str:
    """Write a school year that a term covers; one it covers in part stands in brackets."""
    year = f"{span.year}/{(span.year + 1) % 100:02}"
    return year if span.whole else f"({year})"


# ---------------------------------------------------------------- the other parts


def lines(view: View) -> Part:
    found = queries.by_line(view.asked, view.project, view.lang)
    shown = found.assign(address=[view.link("progress", action_line=[id]) for id in found["action_line"]])
    units = ("eur", "eur", "eur", "share", "share", "share")
    measured = [Field(name, view.say(f"col_{name}"), unit) for name, unit in zip(queries.LINES, units, strict=True)]
    return Part(shown, [Field("line", view.say("col_line")), *measured], {"line": "address"})


def funding(view: View) -> Part:
    found = queries.funding(view.asked, view.project, view.lang)
    moved = [
        None if row["before_eur"] is None else row["amount_eur"] - row["before_eur"] for row in page.records(found)
    ]
    shown = found.assign(
        moved=pd.Series(moved, index=found.index, dtype=object),
        act=[row["act"] or view.say("no_act") for row in page.records(found)],
    )
    amounts = [
        Field(name, view.say(f"col_{name}"), "eur")
        for name in ("amount_eur", "moved", "eu_eur", "state_eur", "own_eur")
    ]
    fields = [
        Field("version", view.say("col_version"), "count"),
        Field("known_from", view.say("col_known"), "date"),
        *amounts,
    ]
    fields += [Field("act", view.say("col_act")), Field("note", view.app("note")), Field("source", view.app("source"))]
    return Part(shown, fields, {"act": "url"}, ("note", "source"))


def requests(view: View) -> Part:
    found = queries.requests(view.asked, view.project)
    every = page.records(found)
    shown = found.assign(
        number=[view.say("request_number", number=row["number"]) for row in every],
        address=[view.link("payments", request=row["request_id"]) for row in every],
        state=[held_said(view, row) for row in every],
    )
    fields = [Field("number", view.say("col_request")), Field("submitted_on", view.say("col_submitted_on"), "date")]
    amounts = ("declared_eur", "verified_eur", "eligible_eur", "cut_eur", "paid_eur")
    fields += [Field(name, view.say(f"col_{name}"), "eur") for name in amounts]
    fields += [Field("decided_on", view.say("col_decided_on"), "date"), Field("state", view.say("col_held"))]
    spent = ("authority_days", "beneficiary_days", "auditor_days", "suspended_days")
    fields += [Field(name, view.say(f"col_{name}"), "days") for name in spent]
    return Part(
        shown, [*fields, Field("request_id", view.say("col_id"))], {"number": "address"}, (*spent, "request_id")
    )


def held_said(view: View, row: Row) -> str:
    if not row["open"]:
        return view.say("closed")
    holder = view.app(f"holder.{row['holder']}") if row["holder"] else view.app("not_known")
    return view.say("held", holder=holder, days=page.written(view, row["age_days"], "days"))


def cash(view: View) -> Part:
    found = queries.cash(view.asked, view.project, view.lang)
    every = page.records(found)
    numbers = [view.say("request_number", number=row["number"]) if row["request_id"] else "" for row in every]
    shown = found.assign(
        kind=[view.say(f"cash.{row['kind']}") for row in every],
        request=numbers,
        address=[view.link("payments", request=row["request_id"]) if row["request_id"] else "" for row in every],
    )
    fields = [Field("on_date", view.app("day"), "date"), Field("kind", view.say("col_kind"))]
    fields += [Field("amount_eur", view.say("col_sum"), "eur"), Field("request", view.say("col_request"))]
    fields += [Field("act", view.say("col_act")), Field("note", view.app("note"))]
    fields += [Field("known_from", view.say("col_known"), "date"), Field("source", view.app("source"))]
    return Part(shown, fields, {"request": "address", "act": "url"}, ("known_from", "source"))


def sheets(view: View) -> Part:
    found = queries.sheets(view.asked, view.project, view.lang)
    shown = found.assign(
        grade=[view.app(f"grade.{grade}") for grade in found["grade"]],
        address=[view.link("sheets", project=view.project, period=id) for id in found["period_id"]],
    )
    fields = [Field("period", view.say("col_period")), Field("grade", view.say("col_grade"))]
    fields += [Field(name, view.say(f"col_{name}"), "date") for name in ("due_on", "received_on")]
    fields += [
        Field("late_days", view.say("col_late_days"), "days"),
        Field("version", view.say("col_version"), "count"),
    ]
    return Part(shown, fields, {"period": "address"}, ("version",))


def changes(view: View) -> Part:
    found = queries.changes(view.asked, view.project, view.lang)
    shown = found.assign(
        kind=[view.say(f"change.{kind}") for kind in found["kind"]],
        outcome=[view.say(f"outcome.{outcome}") for outcome in found["outcome"]],
        address=[view.link("revisions", change=id) for id in found["change_id"]],
    )
    fields = [
        Field("title", view.say("col_change")),
        Field("kind", view.say("col_kind")),
        Field("outcome", view.say("col_outcome")),
    ]
    fields += [Field(name, view.say(f"col_{name}"), "date") for name in ("requested_on", "decided_on", "effective_on")]
    fields += [Field("waiting_days", view.say("col_waiting_days"), "days"), Field("act", view.say("col_act"))]
    return Part(shown, fields, {"title": "address", "act": "url"}, ("effective_on", "act"))


def controls(view: View) -> Part:
    found = queries.controls(view.asked, view.project, view.lang)
    every = page.records(found)
    shown = found.assign(
        kind=[view.say(f"control.{row['kind']}") for row in every],
        about=[about_said(view, row) for row in every],
        address=[about_link(view, row) for row in every],
        outcome=[view.say(f"control_outcome.{row['outcome']}") if row["outcome"] else "–" for row in every],
    )
    fields = [Field("done_on", view.app("day"), "date"), Field("kind", view.say("col_control"))]
    fields += [Field("about", view.say("col_about")), Field("outcome", view.say("col_outcome"))]
    fields += [Field(name, view.say(f"col_{name}"), "eur") for name in ("controlled_eu_eur", "error_eu_eur")]
    fields += [Field("findings", view.say("col_findings"), "count"), Field("control_id", view.say("col_id"))]
    return Part(shown, fields, {"about": "address"}, ("control_id",))


def about_said(view: View, row: Row) -> str:
    if row["period_id"]:
        return str(row["period"])
    if row["request_id"]:
        return view.say("request_number", number=row["number"])
    return view.say("financial_year", year=row["financial_year"])


def about_link(view: View, row: Row) -> str:
    if row["period_id"]:
        return view.link("sheets", project=view.project, period=row["period_id"])
    return view.link("payments", request=row["request_id"]) if row["request_id"] else ""


def findings(view: View) -> Part:
    found = queries.findings(view.asked, view.project)
    every = page.records(found)
    shown = found.assign(
        kind=[view.say(f"control.{row['kind']}") if row["kind"] else "–" for row in every],
        severity=[severity_said(view, row) for row in every],
        state=[
            view.say("finding_open")
            if row["closed_on"] is None
            else view.say("finding_closed", day=page.written(view, row["closed_on"], "date"))
            for row in every
        ],
    )
    fields = [Field("found_on", view.say("col_found_on"), "date"), Field("kind", view.say("col_control"))]
    fields += [Field("severity", view.say("col_severity")), Field("sentence", view.say("col_sentence"))]
    fields += [Field("reaction", view.say("col_reaction")), Field("reaction_on", view.say("col_reaction_on"), "date")]
    fields += [Field("cut_eur", view.say("col_cut_eur"), "eur"), Field("state", view.say("col_state"))]
    return Part(shown, [*fields, Field("finding_id", view.say("col_id"))], {}, ("reaction_on", "finding_id"))


def severity_said(view: View, row: Row) -> str:
    said = view.say(f"severity.{row['severity']}")
    return f"{said}, {view.say('irregularity')}" if row["irregularity"] else said


def partners(view: View) -> Part:
    found = queries.partners(view.asked, view.project, view.lang)
    shown = found.assign(counts=[view.say(f"counts.{counts}") for counts in found["counts_in_total"]])
    named = ("name", "kind", "role", "place", "line", "counts")
    fields = [Field(name, view.say(f"col_body_{name}")) for name in named]
    return Part(shown, [*fields, Field("source", view.app("source"))], {"source": "url"}, ("counts",), LONG)


def results(view: View) -> Part:
    found = queries.results(view.asked, view.project, view.lang)
    every = page.records(found)
    shown = found.assign(
        line=[row["line"] or view.say("no_line") for row in every],
        kind=[view.say(f"result.{row['kind']}") for row in every],
        said=[
            view.app(f"qualifier.{row['qualifier']}", value=page.written(view, row["value"], "count")) for row in every
        ],
        unit=[view.app(f"unit.{row['unit']}") for row in every],
    )
    fields = [
        Field("line", view.say("col_line")),
        Field("name", view.say("col_result")),
        Field("kind", view.say("col_kind")),
    ]
    fields += [Field("said", view.say("col_value")), Field("unit", view.say("col_unit"))]
    fields += [Field("on_date", view.app("day"), "date", "on_precision"), Field("source", view.app("source"))]
    return Part(shown, fields, {"source": "url"})


def documents(view: View) -> Part:
    found = queries.documents(view.asked, view.project, view.lang)
    shown = found.assign(what=[view.say(f"document.{what}") for what in found["what"]])
    fields = [Field("on_date", view.app("day"), "date", "on_precision"), Field("what", view.say("col_kind"))]
    fields += [Field("title", view.say("col_document")), Field("number", view.say("col_number"))]
    fields += [Field(name, view.say(f"col_{name}"), "date") for name in ("registered_on", "effective_on")]
    fields += [Field("source", view.app("source")), Field("url", view.say("col_address"))]
    return Part(
        shown,
        fields,
        {"title": "url", "source": "source_url"},
        ("number", "registered_on", "effective_on", "url"),
        LONG,
    )


def origins(view: View) -> Part:
    found = queries.origins(view.asked, view.project)
    shown = found.assign(
        what=[view.say(f"table.{table}") for table in found["table"]],
        basis=[view.app(f"bases.{basis}") for basis in found["basis"]],
        near=[shortened(said) for said in found["lines"]],
    )
    fields = [Field("what", view.say("col_rows_of")), Field("count", view.say("col_rows"), "count")]
    fields += [Field("file", view.say("col_file")), Field("near", view.say("col_at"))]
    fields += [
        Field("lines", view.say("col_at_all")),
        Field("basis", view.app("basis")),
        Field("source", view.app("source")),
    ]
    return Part(shown, fields, {"source": "url"}, ("lines",), LISTED)


def shortened(said: str) -> str:
    return said if len(said) <= LINES_ROOM else said[:LINES_ROOM].rpartition(",")[0] + ", …"


# ---------------------------------------------------------------- how parts are drawn

PARTS: Mapping[str, Callable[[View], Part]] = {
    "lines": lines,
    "funding": funding,
    "cash": cash,
    "requests": requests,
    "sheets": sheets,
    "changes": changes,
    "controls": controls,
    "findings": findings,
    "results": results,
    "partners": partners,
    "documents": documents,
    "origins": origins,
}
# Parts that stand beside each other where there is room.
ROWS = (
    ("requests",),
    ("funding",),
    ("cash", "sheets"),
    ("changes",),
    ("controls",),
    ("findings",),
    ("results",),
    ("partners",),
    ("documents",),
    ("origins",),
)
SIGNED = ("months", "moved")  # what says by how much something changed
NOT_KNOWN = ("on_date", "eu_eur", "state_eur", "own_eur")  # what there is although no source says it


def draw_part(view: View, part: Part, name: str) -> None:
    """Draw the first rows of a part as a table, and say how many more the workbook has."""
    apart = (*part.apart, *one_source(part))
    columns = [column(part, one) for one in part.fields if one.name not in apart]
    shown = [cells(view, part, row) for row in page.records(part.rows.head(part.short))]
    page.table(shown, columns, caption=view.say(f"parts.{name}"))
    if len(part.rows) > part.short:
        page.note(view, "more", shown=part.short, total=len(part.rows))


def one_source(part: Part) -> Sequence[str]:
    """Return the column of sources where it would say the same in each row and lead nowhere."""
    links = part.links.get("source")
    if "source" not in part.rows or len(set(part.rows["source"])) != 1:
        return ()
    return () if links and part.rows[links].any() else ("source",)


def column(part: Part, one: Field) -> Column:
    side: Any = "right" if one.measured else "left"
    return Column(
        one.name, one.heading, side, link=part.links.get(one.name, ""), wide=one.name in ("sentence", "title")
    )


def cells(view: View, part: Part, row: Row) -> dict[str, Any]:
    """Return a row in words; what is not there, or not yet, is a dash."""
    said = {one.name: written(view, row, one) for one in part.fields}
    return {**said, **{address: row[address] for address in part.links.values()}}


def written(view: View, row: Row, one: Field) -> str:
    value = row[one.name]
    if value is None or value == "":
        return view.app("not_known") if one.name in NOT_KNOWN else "–"
    if one.unit == "date":
        return page.short_day(value, row[one.precision] if one.precision else "day", view.lang)
    if one.name in SIGNED:
        return page.moved(view, value, one.unit)
    return page.written(view, value, one.unit) if one.unit else str(value)


def draw_parts(view: View, rows: Sequence[Sequence[str]], *, monitored: bool) -> list[str]:
    """Draw parts row by row; return those left out: of nothing known, where a programme has no monitoring."""
    empty = []
    for names in rows:
        parts = {name: PARTS[name](view) for name in names}
        kept = [name for name in names if monitored or len(parts[name].rows)]
        empty += [name for name in names if name not in kept]
        boxes = st.columns(len(kept), gap="large") if len(kept) > 1 else [st.container()] * len(kept)
        for name, box in zip(kept, boxes, strict=True):
            with box:
                draw_one(view, parts[name], name)
    return empty


def draw_one(view: View, part: Part, name: str) -> None:
    page.heading(view.say(f"parts.{name}"), level=3)
    if part.rows.empty:
        page.paragraph(view.say(f"none.{name}"), quiet=True)
    else:
        draw_part(view, part, name)


def draw_unknown(view: View, names: Sequence[str]) -> None:
    if names:
        said = page.listing(view, [view.say(f"unknown_parts.{name}") for name in names])
        page.unknown(view, view.say("unknown", parts=said))


# ---------------------------------------------------------------- to take away


def draw_book(view: View, known: Row) -> None:
    downloads.draw_book(
        view,
        "project",
        lambda: [sheet(view, name, part) for name, part in every_part(view).items() if len(part.rows)],
        lambda: notes(view, known),
        part=view.project,
    )


def every_part(view: View) -> dict[str, Part]:
    return {name: part(view) for name, part in {"terms": terms, **PARTS}.items()}


def sheet(view: View, name: str, part: Part) -> Sheet:
    return Sheet(
        view.say(f"sheet.{name}"), part.rows, [one for one in part.fields if one.name not in ("compare", "near")]
    )


def notes(view: View, known: Row) -> list[tuple[str, str]]:
    """Return what the workbook says of the project: who it is, of which day, where it stands, on what ground."""
    found = queries.figures(view.asked, queries.MONITORED)
    figures = [
        (page.metrics()[name].words(view.lang)["name"], page.written(view, one.value, one.unit, basis=one.basis))
        for name, one in found.items()
        if one.value is not None
    ]
    more = [
        (view.say("col_territory"), known["territory_name"]),
        (view.say("col_lead"), known["lead"]),
        (view.say("col_codes"), codes_said(view, known)),
        (view.say("col_state"), view.app(f"project_state.{known['state']}")),
        (view.say("parts.terms"), ledger.of_project(view.asked, view.project, view.lang)),
        *figures,
    ]
    cited = [(known["source"], known["source_url"])]
    return downloads.notes(view, *more, title=known["title"] or view.say("no_title"), sources=cited)


# ---------------------------------------------------------------- the page


def draw_project(view: View, known: Row) -> None:
    monitored = overview.monitored(view.snapshot)
    draw_identity(view, known)
    if "action_line" in view.asked.chosen:
        page.note(view, "line_note")
    draw_cards(view, monitored=monitored)
    page.foot(view, "project", title=view.say("title"), sources=sources.cited(view.asked, *TABLES), rows=TABLES)
    empty = draw_parts(view, [("lines",)], monitored=monitored)
    draw_terms(view)
    empty += draw_parts(view, ROWS, monitored=monitored)
    draw_unknown(view, empty)


asked_for = page.view(__file__)
found = queries.listed(asked_for.asked, asked_for.lang)
tools = st.container(horizontal=True, vertical_alignment="bottom")
with tools:
    chosen = choose(asked_for, found)
if chosen:
    trail.draw(asked_for, chosen)
if not chosen:
    draw_list(asked_for, found)
else:
    # One project is one project wherever the filters look.
    here = asked_for.filters.having("territory", ()).having("macro_area", ())
    view = replace(asked_for, project=chosen, filters=here)
    known = queries.identity(view.asked, chosen, view.lang)
    if asked_for.filters != here and chosen not in set(found["project_id"]):
        page.note(view, "outside")
    if known is None:
        page.unknown(view, view.say("not_yet"))
    else:
        with tools:
            draw_book(view, known)
        draw_project(view, known)
