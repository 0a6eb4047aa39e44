from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts import ranking
from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import Asked, controls, of_project, progress, selection, sources, value
from impact_analytics.queries.controls import FinancialYear, Measure
from impact_analytics.queries.selection import Draw, Member
from impact_analytics.ui import downloads, markup, page, trail
from impact_analytics.ui.page import Column, View

CARDS = ("findings_open", "irregularities", "cut", "recovery_open", "checks_operational", "checks_financial")
FOUND = CARDS[:3]
DRAWN_FROM = ("project", "funding", "sheet", "finding", "payment", "on_the_spot_check")
SINCE_START = ("desk", "verification", "financial", "error")
FINDINGS_SHOWN = 20
OPEN_FIRST = ("open", "closed")


# ---------------------------------------------------------------- words


def subtitle(view: View, *said: str) -> str:
    """Return the quiet line under a title; without lines of action, by which controls are not split."""
    return page.subtitle(replace(view, filters=view.filters.having("action_line", ())), *said)


def year_said(view: View, year: FinancialYear) -> str:
    first, last = (page.written(view, day, "date") for day in (year.starts_on, year.ends_on))
    return view.say("year_said", year=year.year, first=first, last=last)


def unit_said(view: View, value: Any, unit: str) -> str:
    return "–" if value is None else page.written(view, value, unit)


def day_said(view: View, day: Any) -> str:
    return "–" if day is None else page.written(view, day, "date")


def value_said(view: View, measure: Measure) -> str:
    """Return a measure as its share, or why there is none."""
    if not measure.known:
        return view.app("not_known")
    return page.written(view, measure.value, "share") if measure.applicable else view.say("not_applicable")


def counted_said(view: View, measure: Measure) -> str:
    """Return what a measure divides, in words; blank of what it could be of, where there is nothing to control."""
    if not measure.known:
        return view.say(f"measure.{measure.id}.unknown")
    if not measure.applicable:
        early = measure.id == "financial" and not measure.more["accounts"]
        return view.say("no_accounts" if early else f"measure.{measure.id}.none")
    parts = {
        name: page.written(view, amount, measure.unit)
        for name, amount in (("part", measure.part), ("whole", measure.whole))
    }
    return view.say(f"measure.{measure.id}.counted", **parts)


def more_said(view: View, measure: Measure) -> str:
    """Return what else is said of a measure: amounts beside counts, counts beside amounts."""
    if not (measure.known and measure.applicable and measure.more):
        return ""
    units = {name: "eur" if name.endswith("_eur") else "count" for name in measure.more}
    told = {
        name: page.written(view, amount, units[name]) for name, amount in measure.more.items() if name != "accounts"
    }
    return view.say(f"measure.{measure.id}.more", part=page.written(view, measure.part, measure.unit), **told)


def reference_said(view: View, id: str) -> str:
    """Return the share that the law asks of the whole national programme, with its ground."""
    metric = page.metrics()[controls.METRICS[id]]
    name = controls.THRESHOLDS.get(id, "")
    if not name:
        ground = metric.legal_base.get(view.lang, "")
        return view.say(f"measure.{id}.reference", ground=ground)
    ground = view.programme.grounds.get(name, {}).get(view.lang) or metric.legal_base.get(view.lang, "")
    threshold = view.programme.thresholds.get(name)
    if threshold is None:
        return view.say("no_reference")
    share = page.written(view, threshold, "share")
    return view.say(f"measure.{id}.reference", share=share, ground=ground or view.say("no_ground"))


# ---------------------------------------------------------------- the five measures


def draw_measures(view: View, asked: Asked, year: FinancialYear, found: Sequence[Measure]) -> None:
    page.heading(view.say("measures_title"), subtitle(view, year_said(view, year)))
    page.note(view, "measures_note")
    if view.as_of < year.ends_on:
        page.note(view, "year_open", day=page.written(view, view.as_of, "date"))
    blocks = "".join(measure_html(view, asked, measure) for measure in found)
    st.html(f'<div class="measures">{blocks}</div>')


def measure_html(view: View, asked: Asked, measure: Measure) -> str:
    said = [
        f"<h3>{markup.escape(view.say(f'measure.{measure.id}.name'))}</h3>",
        f"<p>{markup.escape(view.say(f'measure.{measure.id}.what'))}</p>",
        f'<p class="share">{markup.escape(value_said(view, measure))}</p>',
        f"<p>{markup.escape(counted_said(view, measure))}</p>",
    ]
    quiet = [more_said(view, measure), since_start(view, asked, measure.id), reference_said(view, measure.id)]
    said += [f'<p class="quiet">{markup.escape(line)}</p>' for line in quiet if line]
    return f"<section>{''.join(said)}</section>"


def since_start(view: View, asked: Asked, id: str) -> str:
    found = value(asked, controls.METRICS[id]) if id in SINCE_START else None
    if found is None or found.value is None:
        return ""
    return view.say("since_start", share=page.written(view, found.value, "share"))


def draw_years(view: View, asked: Asked, found: Mapping[FinancialYear, Sequence[Measure]]) -> None:
    title = view.say("years_title")
    page.heading(title, subtitle(view), level=3)
    rows = [
        {"year": str(year.year)} | {one.id: cell(view, one) for one in measured} for year, measured in found.items()
    ]
    columns = [Column("year", view.say("col_year"))]
    columns += [Column(id, view.say(f"measure.{id}.name"), "right") for id in controls.MEASURES]
    page.table(rows, columns, caption=title)
    cited = sources.cited(view.asked, "desk_review", "verification", "on_the_spot_check")
    page.foot(
        view,
        "years",
        title=title,
        data=lambda: years_data(view, found),
        sources=cited,
        metrics=tuple(controls.METRICS.values()),
        asked=asked,
    )


def cell(view: View, measure: Measure) -> str:
    """Return a measure as a cell of the years: its share, and the counts where it is one of counts."""
    said = value_said(view, measure)
    if measure.value is None or measure.unit != "count":
        return said
    part, whole = (page.written(view, count, "count") for count in (measure.part, measure.whole))
    return view.say("cell", share=said, part=part, whole=whole)


def years_data(view: View, found: Mapping[FinancialYear, Sequence[Measure]]) -> page.Data:
    rows = [
        {
            "year": str(year.year),
            "measure": view.say(f"measure.{one.id}.name"),
            "part": unit_said(view, one.part, one.unit) if one.known else view.app("not_known"),
            "whole": unit_said(view, one.whole, one.unit),
            "value": value_said(view, one),
            "said": counted_said(view, one),
            "reference": reference_said(view, one.id),
        }
        for year, measured in found.items()
        for one in measured
    ]
    columns = [
        Column("year", view.say("col_year")),
        Column("measure", view.say("col_measure")),
        Column("part", view.say("col_part"), "right"),
        Column("whole", view.say("col_whole"), "right"),
        Column("value", view.say("col_share"), "right"),
        Column("said", view.say("col_said"), wide=True),
        Column("reference", view.say("col_reference"), wide=True),
    ]
    return pd.DataFrame(rows, columns=[column.name for column in columns], dtype=object), columns


# ---------------------------------------------------------------- findings


def draw_findings(view: View, asked: Asked, project: str) -> None:
    every = controls.findings(asked, view.lang)
    page.heading(view.say("findings_title"), subtitle(view))
    if every.empty:
        page.paragraph(view.say("findings_none"))
        return
    severity, status = draw_finding_choices(view)
    found = controls.kept(every, severity=severity, status=status, project=project)
    draw_irregularities(view, controls.kept(every, project=project))
    draw_finding_table(view, found, of_project(asked, project) if project else asked)
    if not project:
        draw_by_territory(view, asked, controls.by_territory(every))


def draw_finding_choices(view: View) -> tuple[str, str]:
    severities = {id: view.say(f"severity_names.{id}") for id in controls.SEVERITIES}
    states = {id: view.say(f"states.{id}") for id in OPEN_FIRST}
    with st.container(horizontal=True):
        severity = page.choose(view, "severity", severities, view.say("severity"), empty=view.say("any"), width=220)
        status = page.choose(view, "status", states, view.say("status"), empty=view.say("any"), width=220)
    return severity, status


def draw_irregularities(view: View, found: pd.DataFrame) -> None:
    known = controls.irregularities(found)
    if not known.count:
        page.paragraph(view.say("irregularities_none"))
        return
    counts = {
        name: page.written(view, number, "count") for name, number in (("count", known.count), ("open", known.open))
    }
    amount = page.written(view, known.error_eu_eur, "eur")
    share = view.say("irregularities_share", amount=amount, measured=known.measured, count=known.count)
    unknown = view.say("irregularities_unknown")
    page.paragraph(view.say("irregularities", **counts) + " " + (unknown if known.error_eu_eur is None else share))


def draw_finding_table(view: View, found: pd.DataFrame, asked: Asked) -> None:
    title = view.say("findings_title")
    if found.empty:
        page.paragraph(view.say("findings_kept_none"))
        return
    rows = [finding_row(view, row) for row in page.records(found.head(FINDINGS_SHOWN))]
    columns = [
        Column("found", view.say("col_found")),
        Column("place", view.say("col_project"), link="project"),
        Column("control", view.say("col_control"), link="controlled"),
        Column("severity", view.say("col_severity")),
        Column("sentence", view.say("col_sentence"), wide=True),
        Column("reaction", view.say("col_reaction"), wide=True),
        Column("state", view.say("col_state")),
        Column("cut", view.say("col_cut"), "right"),
    ]
    page.table(rows, columns, caption=title)
    if len(found) > len(rows):
        page.paragraph(view.app("rows_shown", shown=len(rows), total=len(found)), quiet=True)
    page.note(view, "findings_note")
    cited = sources.cited(view.asked, "finding")
    page.foot(view, "findings", title=title, sources=cited, metrics=FOUND, rows=("finding",), asked=asked)
    with st.container(horizontal=True):
        downloads.draw(
            view,
            "findings",
            lambda: Sheet(view.say("findings_sheet"), finding_rows(view, found), finding_fields(view)),
            lambda: notes(view, view.say("findings_title"), [view.say("findings_note")]),
            part="findings",
        )


def finding_row(view: View, row: Mapping[str, Any]) -> dict[str, Any]:
    mark = f" · {view.say('irregularity')}" if row["irregularity"] else ""
    return {
        "found": day_said(view, row["found_on"]),
        "place": row["place"],
        "project": view.link("project", project=row["project_id"]),
        "control": view.say(f"control_names.{row['control']}"),
        "controlled": controlled(view, row),
        "severity": view.say(f"severity_names.{row['severity']}") + mark,
        "sentence": row["sentence"],
        "reaction": reaction_said(view, row),
        "cut": unit_said(view, row["cut_eur"], "eur"),
        "state": "; ".join(filter(None, [state_said(view, row), recovery_said(view, row)])),
    }


def controlled(view: View, row: Mapping[str, Any]) -> str:
    """Return the address of what was controlled: the sheet or the payment request."""
    if row["request_id"]:
        return view.link("payments", request=row["request_id"])
    if row["sheet_period"]:
        return view.link("sheets", project=row["project_id"], period=row["sheet_period"])
    return ""


def reaction_said(view: View, row: Mapping[str, Any]) -> str:
    if row["reaction_on"] is None:
        return view.say("no_reaction")
    days = page.written(view, row["days"], "days")
    told = view.say("reacted", day=day_said(view, row["reaction_on"]), days=days)
    return f"{row['reaction']} ({told})" if row["reaction"] else told


def recovery_said(view: View, row: Mapping[str, Any]) -> str:
    if row["ordered_on"] is None:
        return ""
    ordered = view.say(
        "ordered", amount=page.written(view, row["ordered_eur"], "eur"), day=day_said(view, row["ordered_on"])
    )
    if row["received_on"] is None:
        return f"{ordered}; {view.say('not_received')}"
    amount = page.written(view, row["received_eur"], "eur")
    return f"{ordered}; {view.say('received', amount=amount, day=day_said(view, row['received_on']))}"


def state_said(view: View, row: Mapping[str, Any]) -> str:
    days = page.written(view, row["open_days"], "days")
    return view.say("open_for", days=days) if row["open"] else view.say("closed", day=day_said(view, row["closed_on"]))


def finding_fields(view: View) -> list[Field]:
    return [
        Field("finding_id", view.say("col_finding")),
        Field("found_on", view.say("col_found"), "date"),
        Field("project_id", view.say("col_project")),
        Field("place", view.say("col_territory")),
        Field("control", view.say("col_control")),
        Field("severity", view.say("col_severity")),
        Field("irregularity", view.say("col_irregularity")),
        Field("sentence", view.say("col_sentence")),
        Field("reaction", view.say("col_reaction")),
        Field("reaction_on", view.say("col_reaction_on"), "date"),
        Field("days", view.say("col_days"), "days"),
        Field("cut_eur", view.say("col_cut"), "eur"),
        Field("recovery_id", view.say("col_recovery")),
        Field("ordered_on", view.say("col_ordered_on"), "date"),
        Field("ordered_eur", view.say("col_ordered"), "eur"),
        Field("received_on", view.say("col_received_on"), "date"),
        Field("received_eur", view.say("col_received"), "eur"),
        Field("closed_on", view.say("col_closed_on"), "date"),
        Field("open_days", view.say("col_open_days"), "days"),
        Field("error_eu_eur", view.say("col_error"), "eur"),
        Field("basis", view.app("basis")),
    ]


def finding_rows(view: View, found: pd.DataFrame) -> pd.DataFrame:
    return found.assign(
        control=[view.say(f"control_names.{id}") for id in found["control"]],
        severity=[view.say(f"severity_names.{id}") for id in found["severity"]],
        irregularity=[view.app("yes" if told else "no") for told in found["irregularity"]],
        basis=[view.app(f"bases.{basis}") for basis in found["basis"]],
    )


def draw_by_territory(view: View, asked: Asked, rows: pd.DataFrame) -> None:
    shown = rows.assign(note=[open_said(view, count) for count in rows["open"]])
    unit = page.UNITS["count"]
    page.chart(
        view,
        "findings_by_territory",
        lambda: ranking.bars(shown, view.look, view.lang, unit=unit),
        alt=lambda: ranking.bars_alt(shown, view.lang, unit=unit),
        title=view.say("by_territory_title"),
        subtitle=subtitle(view, view.say("by_territory_unit")),
        data=lambda: territory_data(view, rows),
        sources=sources.cited(view.asked, "finding"),
        metrics=FOUND,
        rows=("finding",),
        asked=asked,
        on_click=narrow,
        depends=view.asked,
    )


def open_said(view: View, count: int) -> str:
    return view.say(f"open_count.{'one' if count == 1 else 'many'}", count=count) if count else ""


def territory_data(view: View, rows: pd.DataFrame) -> page.Data:
    numbers = ("value", "open", "serious", "irregularities")
    told = rows.assign(
        cut=[unit_said(view, amount, "eur") for amount in rows["cut_eur"]],
        **{name: [str(number) for number in rows[name]] for name in numbers},
    )
    counts = [Column(name, view.say(f"count_{name}"), "right") for name in (*numbers, "cut")]
    return told, [Column("label", view.say("col_territory")), *counts]


def narrow(picked: list[str]) -> None:
    """Narrow to the territory clicked, or widen again."""
    if picked:
        st.session_state["territory"] = [] if st.session_state.get("territory") == picked[:1] else picked[:1]


# ---------------------------------------------------------------- checks done and selection


def draw_checks(view: View, asked: Asked, year: FinancialYear, project: str) -> None:
    title = view.say("checks_title")
    page.heading(title, subtitle(view, year_said(view, year)))
    found = controls.kept(controls.checks(asked, view.lang, year.year), project=project)
    if found.empty:
        page.paragraph(view.say("checks_none"))
        return
    rows = [
        {
            "day": day_said(view, row["done_on"]),
            "place": row["place"],
            "project": view.link("project", project=row["project_id"]),
            "kind": view.say(f"control_names.{row['kind']}"),
            "selection": view.say(f"chosen.{row['selection']}"),
            "controlled": unit_said(view, row["controlled_eu_eur"], "eur"),
            "error": unit_said(view, row["error_eu_eur"], "eur"),
        }
        for row in page.records(found)
    ]
    columns = [
        Column("day", view.say("col_done")),
        Column("place", view.say("col_project"), link="project"),
        Column("kind", view.say("col_control")),
        Column("selection", view.say("col_selection")),
        Column("controlled", view.say("col_controlled"), "right"),
        Column("error", view.say("col_error"), "right"),
    ]
    page.table(rows, columns, caption=title)
    cited = sources.cited(view.asked, "on_the_spot_check")
    page.foot(view, "checks", title=title, sources=cited, rows=("on_the_spot_check",))


def draw_selection(view: View, year: FinancialYear) -> None:
    page.heading(view.say("selection_title"), view.say("selection_unit", year=year_said(view, year)))
    if view.programme.selection is None:
        page.paragraph(view.say("selection_none"))
        return
    if st.session_state.get("check") not in selection.KINDS:
        st.session_state["check"] = selection.KINDS[0]
    kind = st.segmented_control(
        view.say("check"),
        selection.KINDS,
        key="check",
        required=True,
        format_func=lambda id: view.say(f"control_names.{id}"),
        label_visibility="collapsed",
    )
    drawn = selection.draw(view.asked, view.lang, kind or selection.KINDS[0], year)
    if drawn is None:
        page.paragraph(view.say("selection_no_share"))
    else:
        draw_drawn(view, drawn)


def draw_drawn(view: View, drawn: Draw) -> None:
    if not drawn.members:
        page.paragraph(view.say(f"selection_empty.{drawn.kind}"))
        return
    counts = {
        "share": page.written(view, drawn.share, "share"),
        "population": page.written(view, len(drawn.members), "count"),
        "size": page.written(view, drawn.size, "count"),
        "risk": page.written(view, drawn.size - drawn.random_size, "count"),
        "random": page.written(view, drawn.random_size, "count"),
        "seed": drawn.settings.seed,
    }
    page.paragraph(view.say("selection_said", **counts))
    if view.asked.where:
        page.note(view, "selection_whole")
    draw_selected(view, drawn)
    with st.container(horizontal=True):
        downloads.draw(
            view,
            "selection",
            lambda: Sheet(view.say("selection_sheet"), member_rows(view, drawn), member_fields(view, drawn)),
            lambda: notes(view, view.say("selection_title"), selection.method(drawn, view.lang), drawn),
            text=lambda: selection.protocol(drawn, view.lang, mark=view.app("example_band") if view.example else ""),
            part=f"selection_{drawn.kind}_{drawn.year.year}",
        )
    page.note(view, "selection_note")


def draw_selected(view: View, drawn: Draw) -> None:
    title = view.say("selected_title")
    rows = [selected_row(view, member) for member in drawn.chosen]
    columns = [
        Column("place", view.say("col_project"), link="project"),
        Column("chosen", view.say("col_chosen")),
        Column("done", view.say("col_done_already")),
        Column("key", view.say("col_key")),
        Column("score", view.say("col_score"), "right"),
        Column("contribution", view.say("col_contribution"), "right"),
    ]
    page.table(rows, columns, caption=title)
    page.foot(view, "selected", title=title, data=lambda: population_data(view, drawn), rows=DRAWN_FROM)


def selected_row(view: View, member: Member) -> dict[str, Any]:
    return {
        "place": member.place,
        "project": view.link("project", project=member.project_id),
        "chosen": view.say(f"chosen.{member.chosen or 'none'}"),
        "score": number_said(view, member.score),
        "key": member.key,
        "contribution": page.written(view, member.contribution, "eur"),
        "done": done_said(view, member),
    }


def number_said(view: View, number: Any) -> str:
    return view.app("not_known") if number is None else selection.number(number, view.lang)


def done_said(view: View, member: Member) -> str:
    told = [view.say("done_how", day=day_said(view, day), how=view.say(f"chosen.{how}")) for day, how in member.checks]
    return "; ".join(told) or view.say("not_done")


def population_data(view: View, drawn: Draw) -> page.Data:
    factors = list(drawn.settings.weights)
    rows = [
        selected_row(view, member) | {name: number_said(view, member.factors[name]) for name in factors}
        for member in drawn.members
    ]
    columns = [
        Column("place", view.say("col_project")),
        Column("chosen", view.say("col_chosen")),
        Column("key", view.say("col_key")),
        *(Column(name, view.say(f"factors.{name}"), "right") for name in factors),
        Column("score", view.say("col_score"), "right"),
        Column("done", view.say("col_done_already")),
    ]
    return pd.DataFrame(rows, dtype=object), columns


def member_fields(view: View, drawn: Draw) -> list[Field]:
    return [
        Field("project_id", view.say("col_project")),
        Field("place", view.say("col_territory")),
        Field("chosen", view.say("col_chosen")),
        Field("key", view.say("col_key")),
        Field("contribution", view.say("col_contribution"), "eur"),
        *(Field(name, view.say(f"factors.{name}"), selection.UNITS.get(name, "")) for name in drawn.settings.weights),
        Field("score", view.say("col_score")),
        Field("done", view.say("col_done_already")),
        Field("basis", view.app("basis")),
    ]


def member_rows(view: View, drawn: Draw) -> pd.DataFrame:
    rows = [
        {
            "project_id": member.project_id,
            "place": member.place,
            "chosen": view.say(f"chosen.{member.chosen or 'none'}"),
            "key": member.key,
            "contribution": member.contribution,
            **{
                name: value if name in selection.UNITS or value is None else number_said(view, value)
                for name, value in member.factors.items()
            },
            "score": number_said(view, member.score),
            "done": done_said(view, member),
            "basis": view.app(f"bases.{view.programme.basis}"),
        }
        for member in drawn.members
    ]
    return pd.DataFrame(rows, dtype=object)


def notes(view: View, title: str, said: Sequence[str], drawn: Draw | None = None) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the rows: of a selection all that its protocol holds."""
    lines = [(view.app("note"), line) for line in said]
    if drawn is None:
        return [*downloads.notes(view, title=title), *lines]
    told = selection.facts(drawn, view.lang) + selection.weights(drawn, view.lang)
    signed = [("", line) for line in selection.signature(view.lang)]
    return [(view.app("title"), title), *told, *lines, *signed]


# ---------------------------------------------------------------- what is published


def draw_statements(view: View) -> None:
    found = page.records(controls.statements(view.asked, view.lang))
    if not found:
        return
    page.heading(view.say("statements_title"))
    st.html("".join(quote_html(view, row) for row in found))


def quote_html(view: View, row: Mapping[str, Any]) -> str:
    cited = markup.anchor(row["url"], row["source"], outside=True) if row["url"] else markup.escape(row["source"])
    lang, quote, meaning = (markup.escape(row[name]) for name in ("quote_lang", "quote", "meaning"))
    day = markup.escape(day_said(view, row["on"]))
    return (
        f'<blockquote class="quote"><span lang="{lang}">«{quote}»</span>'
        f"<cite>{meaning}<br>{day} · {cited}</cite></blockquote>"
    )


def draw_gaps(view: View) -> None:
    found = progress.gaps(view.asked, view.lang, view.spec.slug)
    if found.empty:
        return
    page.heading(view.say("gaps_title"), level=3)
    columns = [Column("title", view.say("col_gap")), Column("reason", view.say("col_reason"), wide=True)]
    page.table(found, columns, caption=view.say("gaps_title"))


# ---------------------------------------------------------------- the page


def choose_year(view: View, found: Sequence[FinancialYear]) -> FinancialYear:
    """Return the financial year chosen; the one the day lies in where none is, or where it has not begun."""
    newest = found[0]
    others = {str(year.year): year_said(view, year) for year in found[1:]}
    chosen = page.choose(view, "year", others, view.say("year"), empty=year_said(view, newest), width=360)
    return next((year for year in found if str(year.year) == chosen), newest)


def draw_choices(view: View, found: Sequence[FinancialYear]) -> tuple[FinancialYear, str]:
    with st.container(horizontal=True):
        year = choose_year(view, found)
        project = page.choose(
            view, "project", view.names("project"), view.say("project"), empty=view.say("every_project"), width=360
        )
    return year, project


def draw_recorded(view: View, asked: Asked, found: Mapping[FinancialYear, Sequence[Measure]]) -> None:
    year, project = draw_choices(view, list(found))
    if project:
        trail.draw(view, project, (view.say("menu"), ""))
    if "action_line" in view.asked.chosen:
        page.note(view, "of_line")
    narrowed = of_project(asked, project) if project else asked
    page.cards([page.card_of(view, value(narrowed, name)) for name in CARDS])
    draw_measures(view, asked, year, found[year])
    if project:
        page.note(view, "measures_whole")
    draw_years(view, asked, found)
    draw_findings(view, asked, project)
    draw_checks(view, asked, year, project)
    draw_selection(view, year)
    draw_statements(view)
    draw_gaps(view)


def draw_published(view: View, asked: Asked, found: Mapping[FinancialYear, Sequence[Measure]]) -> None:
    page.unknown(view, view.say("unknown"))
    draw_statements(view)
    draw_gaps(view)
    year = next(iter(found))
    draw_measures(view, asked, year, found[year])
    draw_selection(view, year)


view = page.view(__file__)
asked = controls.whole_projects(view.asked)
measured = controls.every_year(asked)
if controls.recorded(view.snapshot):
    draw_recorded(view, asked, measured)
else:
    draw_published(view, asked, measured)
