from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import overview, progress, projects, reminders, sheets, sources
from impact_analytics.queries.reminders import Reminder
from impact_analytics.queries.sheets import Entry
from impact_analytics.ui import board, downloads, freshness, markup, page, trail
from impact_analytics.ui.page import Card, Column, View

Rows = list[dict[str, Any]]
GRADES = ("received", "late", "to_be_completed", "missing")
CARDS = ("sheets_in_rate", "sheets_missing", "sheets_late", "sheets_to_be_completed", "desk_review_rate")
COUNTED = ("sheets_in", "sheets_late", "sheets_to_be_completed", "sheets_missing")
SPENT = "incurred_in_force"
PARTS = ("sheet", "sheet_financial", "sheet_physical", "sheet_procedural", "sheet_cause", "sheet_network")
AMOUNTS = (
    "budget",
    "committed",
    "committed_before",
    "committed_moved",
    "incurred",
    "incurred_before",
    "incurred_moved",
)
CHANGES_SHOWN = 25
CHOICES_WIDTH = 800  # px
AGE_SIGNS = {"overdue": "!", "delinquent": "!!"}


def said(view: View, period: str) -> str:
    return sheets.said(period, view.lang)


def grade_words(view: View) -> dict[str, str]:
    return {grade: view.app(f"grade.{grade}") for grade in GRADES}


def period_words(view: View, ids: Sequence[str]) -> dict[str, str]:
    return {id: said(view, id) for id in ids}


def day_or_dash(view: View, day: Any) -> str:
    return page.written(view, day, "date") if day else "–"


# ---------------------------------------------------------------- the board


def cards(view: View) -> list[Card]:
    return [
        *(page.card(view, name) for name in CARDS),
        page.card(view, SPENT, note=freshness.said(view)),
    ]


def draw_board(view: View) -> None:
    found = sheets.board(view.asked, view.lang)
    page.heading(view.say("board_title"), page.subtitle(view, view.say("board_unit")))
    if "action_line" in view.asked.chosen:
        page.note(view, "not_by_line")
    if found.empty:
        page.paragraph(view.say("board_none"))
        return
    rows = board_rows(found)
    periods = period_words(view, sheets.columns(view.asked))
    words = grade_words(view)
    table = board.board(
        rows, periods, words, board.addresses(view), caption=view.say("board_title"), corner=view.say("col_project")
    )
    st.html(board.legend(words, view.say("board_blank")) + table)
    page.foot(
        view,
        "board",
        title=view.say("board_title"),
        data=lambda: board_data(view, rows, periods, words),
        sources=sources.cited(view.asked, "sheet"),
        basis=found["basis"].iloc[0],
        metrics=("sheets_expected", *COUNTED),
        asked=projects.whole_lines(view.asked),
    )


def board_rows(found: pd.DataFrame) -> list[board.Row]:
    every = groupby(page.records(found), lambda row: (row["project_id"], row["label"]))
    return [board.Row(id, name, {row["period_id"]: row["grade"] for row in some}) for (id, name), some in every]


def board_data(view: View, rows: list[board.Row], periods: dict[str, str], words: dict[str, str]) -> page.Data:
    none = view.say("not_due")
    shown = pd.DataFrame(
        {"project": [row.name for row in rows]}
        | {id: [words.get(row.grades.get(id, ""), none) for row in rows] for id in periods}
    )
    return shown, [Column("project", view.say("col_project")), *(Column(id, word) for id, word in periods.items())]


# ---------------------------------------------------------------- reminders


def kind(view: View) -> str:
    """Say whether there is somebody to remind, or only a history to tell."""
    return "open" if view.programme.is_open else "concluded"


def draw_reminders(view: View) -> None:
    found = reminders.reminders(view.asked, view.lang)
    title = view.say(f"reminders.{kind(view)}")
    if "action_line" in view.asked.chosen:
        page.note(view, "not_by_line")
    page.heading(title, page.subtitle(view, view.say("reminders.unit")))
    if not found:
        page.paragraph(view.say("reminders.none"))
        return
    st.html(reminders_html(view, found, title))
    draw_ages(view)
    cited = sources.cited(view.asked, "sheet")
    page.foot(
        view,
        "waiting",
        title=title,
        sources=cited,
        basis=found[0].basis,
        metrics=("sheets_missing", "sheets_to_be_completed"),
        asked=projects.whole_lines(view.asked),
    )
    draw_letters(view)
    with st.container(horizontal=True):
        downloads.draw(
            view,
            "reminders",
            lambda: reminder_sheet(view, found, title),
            lambda: notes(view, title, cited),
            text=partial(reminders.plain, view.asked, view.lang) if view.programme.is_open else None,
            part=view.say("reminders.file"),
        )


def reminders_html(view: View, found: list[Reminder], caption: str) -> str:
    address = board.addresses(view)
    groups = []
    for _, some in groupby(found, lambda one: one.project_id):
        rows = list(some)
        first = rows[0]
        head = f"{markup.escape(first.place)} · {markup.escape(first.title)}{page.quietly(first.lead)}"
        groups.append((head, [reminder_cells(view, one, address) for one in rows]))
    return board.grouped(groups, reminder_headings(view), caption=caption)


def reminder_headings(view: View) -> list[str]:
    names = ["project", "period", "grade", "due_or_asked", "waited", "age"]
    return [view.say(f"col_{name}") for name in (*names, *(["asked"] if view.programme.is_open else []))]


def reminder_cells(view: View, one: Reminder, address: board.Address) -> list[str]:
    since = page.written(view, one.since_on, "date")
    told = [
        f'<a href="{address(one.project_id, one.period_id)}">{markup.escape(said(view, one.period_id))}</a>',
        f"{board.SIGNS[one.grade]} {markup.escape(view.app(f'grade.{one.grade}'))}",
        markup.escape(since if one.asked == "send" else view.say("asked_since", day=since)),
        markup.escape(page.written(view, one.waited, "days")),
        markup.escape(age_said(view, one)),
    ]
    return [*told, *([markup.escape(view.say(f"asks.{one.asked}"))] if view.programme.is_open else [])]


def age_said(view: View, one: Reminder) -> str:
    return f"{AGE_SIGNS[one.age]} {view.say(f'ages.{one.age}')}" if one.age else "–"


def draw_ages(view: View) -> None:
    """Say from how many days on, and on what ground, a sheet is called what the list calls it."""
    told = []
    for name, sign in AGE_SIGNS.items():
        days = view.programme.thresholds.get(f"{name}_days")
        if days is not None:
            ground = view.programme.grounds.get(f"{name}_days", {}).get(view.lang, view.say("no_ground"))
            limit = page.written(view, days, "days")
            told.append(view.say("age_rule", sign=sign, age=view.say(f"ages.{name}"), days=limit, ground=ground))
    page.paragraph(" ".join(told) or view.say("age_none"), quiet=True)


def draw_letters(view: View) -> None:
    if not view.programme.is_open:
        return
    opened = st.expander(view.say("letters"), key="letters", on_change="rerun", type="compact")
    if opened.open:
        with opened:
            for letter in reminders.letters(view.asked, view.lang):
                page.heading(letter.head, level=3)
                st.code(letter.text, language=None, wrap_lines=True)


def reminder_sheet(view: View, found: list[Reminder], title: str) -> Sheet:
    rows = pd.DataFrame([reminder_row(view, one) for one in found], dtype=object)
    names = ("place", "title", "prog", "lead", "period", "grade")
    fields = [Field(name, view.say(f"col_{name}")) for name in names]
    fields += [
        Field("due_on", view.say("col_due"), "date"),
        Field("since_on", view.say("col_since"), "date"),
        Field("waited", view.say("col_waited"), "days"),
        Field("aged", view.say("col_aged"), "days"),
        Field("age", view.say("col_age")),
    ]
    asked = [Field("asked", view.say("col_asked"))] if view.programme.is_open else []
    return Sheet(title, rows, [*fields, *asked, Field("basis", view.app("basis"))])


def reminder_row(view: View, one: Reminder) -> dict[str, Any]:
    return {
        "place": one.place,
        "title": one.title,
        "prog": one.prog_code,
        "lead": one.lead,
        "period": one.period_id,
        "grade": view.app(f"grade.{one.grade}"),
        "due_on": one.due_on,
        "since_on": one.since_on,
        "waited": one.waited,
        "aged": one.aged,
        "age": view.say(f"ages.{one.age}") if one.age else None,
        "asked": view.say(f"asks.{one.asked}"),
        "basis": view.app(f"bases.{one.basis}"),
    }


def notes(view: View, title: str, cited: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what stands beside the rows of a workbook: of what, as of when, narrowed how, from where."""
    return downloads.notes(view, title=title, sources=cited)


# ---------------------------------------------------------------- one sheet


def chosen_sheet(view: View) -> tuple[list[sheets.Sheet], sheets.Sheet | None]:
    """Draw the choice of a project and of a period of it; return its periods and the one chosen, newest by default."""
    left, right = st.columns([5, 3], width=CHOICES_WIDTH)
    with left:
        known = sheets.projects(view.asked, view.lang)
        project = page.choose(view, "project", known, view.say("project_label"), empty=view.say("project_empty"))
    found = sheets.sheets(view.asked, project) if project else []
    first = sheets.newest(found)
    if first is None:
        st.session_state["period"] = ""
        return found, None
    known = {one.period_id: period_option(view, one) for one in found}
    if st.session_state.get("period") not in known:
        st.session_state["period"] = first.period_id
    with right:
        period = page.choose(view, "period", known, view.say("period_label"))
    return found, next(one for one in found if one.period_id == period)


def period_option(view: View, one: sheets.Sheet) -> str:
    grade = f"{board.SIGNS[one.grade]} {view.app(f'grade.{one.grade}')}" if one.grade else view.say("not_due")
    return f"{one.said(view.lang)} · {grade}"


def draw_sheet(view: View, found: list[sheets.Sheet], sheet: sheets.Sheet) -> None:
    versions = page.records(sheets.versions(view.asked, sheet))
    newest = versions[0] if versions else {}
    draw_trail(view, sheet, newest)
    label = sheets.projects(view.asked, view.lang)[sheet.project_id]
    title = view.say("sheet_title", period=sheet.said(view.lang), project=label)
    page.heading(title, page.as_of_line(view))
    draw_strip(view, found, sheet, label)
    st.html(board.facts(facts(view, sheet, newest)))
    if not sheet.sheet_id:
        page.paragraph(view.say("sheet_missing"))
        return
    cited = [(newest["source"], newest["url"])]
    draw_parts(view, sheet)
    page.foot(view, "parts", title=title, sources=cited, basis=sheet.basis, rows=PARTS)
    draw_versions(view, versions)
    draw_sheet_files(view, sheet, title, cited)


def draw_trail(view: View, sheet: sheets.Sheet, newest: dict[str, Any]) -> None:
    here = view.link(view.spec.slug, project=sheet.project_id, period=sheet.period_id)
    board_stop = (view.say("menu"), view.link(view.spec.slug, project=None, period=None))
    stops = [board_stop, (view.say("sheet_stop", period=sheet.said(view.lang)), here)]
    if newest:
        stops.append((newest["protocol"] or newest["source"], ""))
    trail.draw(view, sheet.project_id, *stops)


def draw_strip(view: View, found: list[sheets.Sheet], sheet: sheets.Sheet, label: str) -> None:
    """Draw the board of this project alone."""
    row = board.Row(sheet.project_id, label, {one.period_id: one.grade for one in found})
    words = grade_words(view)
    told = board.board(
        [row],
        period_words(view, [one.period_id for one in found[::-1]]),
        words,
        board.addresses(view),
        caption=view.say("strip_title"),
        corner=view.say("col_project"),
        chosen=(sheet.project_id, sheet.period_id),
    )
    st.html(board.legend(words, view.say("board_blank")) + told)


def facts(view: View, sheet: sheets.Sheet, newest: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is known of a sheet as a whole, as HTML."""
    late = view.say("late_by", days=page.written(view, sheet.late_days, "days")) if sheet.late_days > 0 else ""
    grade = f"{board.SIGNS[sheet.grade]} {view.app(f'grade.{sheet.grade}')}" if sheet.grade else view.say("not_due")
    told = [
        (view.say("col_grade"), markup.escape(" · ".join(part for part in (grade, late) if part))),
        (view.say("col_due"), markup.escape(page.written(view, sheet.due_on, "date"))),
    ]
    if not newest:
        return told
    told += [
        (view.say("col_received"), markup.escape(page.written(view, newest["received_on"], "date"))),
        (view.say("col_version"), markup.escape(newest["version"])),
        (view.say("col_protocol"), markup.escape(newest["protocol"] or view.app("not_known"))),
        (view.say("col_integration"), markup.escape(day_or_dash(view, newest["integration_asked_on"]))),
    ]
    return [*told, (view.say("col_reviews"), reviews_html(view, sheet)), *documents(view, sheet, newest)]


def reviews_html(view: View, sheet: sheets.Sheet) -> str:
    found = page.records(sheets.reviews(view.asked, sheet))
    if not found:
        return markup.escape(view.say("no_reviews"))
    told = []
    for row in found:
        day, outcome = page.written(view, row["reviewed_on"], "date"), view.say(f"outcomes.{row['outcome']}")
        said = view.say("review", day=day, outcome=outcome, version=row["version"])
        told.append(markup.escape(said) + (page.quietly(row["note"]) if row["note"] else ""))
    return "<br>".join(told)


def documents(view: View, sheet: sheets.Sheet, newest: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the document behind a sheet, and where its rows stand in the files."""
    source, url = newest["source"], newest["url"]
    linked = markup.anchor(url, source, outside=True) if url else markup.escape(source)
    places = [(newest["file"], newest["line"], newest["line"])]
    places += [tuple(row.values()) for row in page.records(sheets.standing_in(view.asked, sheet.sheet_id))]
    said = [place_said(view, *place) for place in places if place[0]]
    return [(view.app("source"), linked), (view.say("col_rows"), page.quietly("; ".join(said)))]


def place_said(view: View, file: str, first: int, last: int) -> str:
    return view.say("place" if first == last else "places", file=file, first=first, last=last)


# ---------------------------------------------------------------- its parts


def moved(view: View, value: Any, unit: str) -> str:
    """Return a difference with a sign and, where a cumulative value falls, the word for it."""
    if value is None:
        return "–"
    if not value:
        return view.say("moved.same")
    return view.say("moved.up" if value > 0 else "moved.down", difference=page.moved(view, value, unit))


def unbroken(told: Rows, *names: str) -> Rows:
    """Keep short names on one line beside long sentences."""
    return [row | {name: row[name].replace(" ", "\u00a0") for name in names} for row in told]


def shown(view: View, value: Any, unit: str) -> str:
    return "–" if value is None else page.written(view, value, unit)


def beside(view: View, sheet: sheets.Sheet) -> str:
    if not sheet.before_id:
        return view.say("beside_none")
    return view.say("beside", period=said(view, sheet.before_period))


def draw_parts(view: View, sheet: sheets.Sheet) -> None:
    pair = (sheet.sheet_id, sheet.before_id)
    every = sheets.entries(view.asked, *pair, view.lang)
    page.heading(view.say("parts_title"), beside(view, sheet))
    if sheet.before_id:
        draw_summary(view, every)
    found = sheets.parts(view.asked, *pair, view.lang)
    for name, draw in PARTS_DRAWN.items():
        draw(view, found[name])


def draw_summary(view: View, every: Sequence[Entry]) -> None:
    """Say how much differs from the sheet before, and which cumulative values fall."""
    page.paragraph(view.say("summary", changed=sum(one.changed for one in every), total=len(every)))
    falls = [one for one in every if one.part in ("financial", "physical") and one.moved is not None and one.moved < 0]
    if falls:
        listed = "; ".join(entry_name(view, one) for one in falls)
        st.html(f'<p class="falls">{markup.escape(view.say("falls", count=len(falls), items=listed))}</p>')


def entry_name(view: View, one: Entry) -> str:
    what = "" if one.part == "cause" else view.say(f"whats.{one.what}")
    return " · ".join(part for part in (one.line, one.item, what) if part)


def draw_amounts(view: View, found: Rows) -> None:
    page.heading(view.say("amounts_title"), view.say("amounts_unit"), level=3)
    if not found:
        page.paragraph(view.say("amounts_none"))
        return
    kinds = ("committed", "incurred")
    told = [
        {
            name: moved(view, row[name], "eur") if name.endswith("_moved") else shown(view, row[name], "eur")
            for name in AMOUNTS
        }
        | {"line": row["line"]}
        for row in with_sum(view, found)
    ]
    columns = [Column("line", view.say("col_line")), Column("budget", view.say("col_budget"), "right")]
    for kind in kinds:
        columns += [Column(f"{kind}{end}", view.say(f"col_{kind}{end}"), "right") for end in ("", "_before", "_moved")]
    page.table(unbroken(told, "line"), columns, caption=view.say("amounts_title"))


def with_sum(view: View, found: Rows) -> Rows:
    """Return amounts with a row for all lines; what is not known of one line is not known of all."""
    if len(found) < 2:
        return found
    every = {name: [row[name] for row in found] for name in AMOUNTS}
    sums = {name: None if None in values else sum(values) for name, values in every.items()}
    return [*found, {"line": view.say("sum"), **sums}]


def draw_measured(view: View, found: Rows) -> None:
    page.heading(view.say("measured_title"), view.say("measured_unit"), level=3)
    if not found:
        page.paragraph(view.say("measured_none"))
        return
    told = [
        {name: shown(view, row[name], "count") for name in ("value", "before", "target")}
        | {
            "name": view.say(f"of_{row['unit']}", name=row["name"]),
            "line": row["line"] or view.say("no_line"),
            "moved": moved(view, row["moved"], "count"),
        }
        for row in found
    ]
    columns = [Column("line", view.say("col_line")), Column("name", view.say("col_indicator"), wide=True)]
    columns += [Column(name, view.say(f"col_{name}"), "right") for name in ("target", "value", "before", "moved")]
    page.table(unbroken(told, "line"), columns, caption=view.say("measured_title"))


def draw_packages(view: View, found: Rows) -> None:
    page.heading(view.say("packages_title"), level=3)
    if not found:
        page.paragraph(view.say("packages_none"))
        return
    told = [
        {
            **row,
            "state": state_said(view, row["state"], row["state_before"]),
            "before": view.app(f"state.{row['state_before']}") if row["state_before"] else "–",
            "approved": day_or_dash(view, row["approved_end_on"]),
            "expected": day_or_dash(view, row["expected_end_on"]),
            "put": put_off(view, row["expected_moved"]),
            "deviation": row["deviation"] or "–",
        }
        for row in found
    ]
    columns = [Column("line", view.say("col_line")), Column("package", view.say("col_package"))]
    columns += [Column("state", view.say("col_state")), Column("before", view.say("col_state_before"))]
    columns += [Column(name, view.say(f"col_{name}")) for name in ("approved", "expected", "put")]
    columns += [Column("deviation", view.say("col_deviation"), wide=True)]
    page.table(unbroken(told, "line", "state", "before"), columns, caption=view.say("packages_title"))


def state_said(view: View, now: str | None, before: str | None) -> str:
    if now is None:
        return view.say("marks.gone")
    word = view.app(f"state.{now}")
    return word if before in (None, now) else view.say("changed_to", word=word)


def put_off(view: View, days: Any) -> str:
    if days is None:
        return "–"
    kind = "same" if not days else "later" if days > 0 else "earlier"
    return view.say(f"put.{kind}", days=page.written(view, abs(days), "days"))


def draw_causes(view: View, found: Rows) -> None:
    page.heading(view.say("causes_title"), level=3)
    if not found:
        page.paragraph(view.say("causes_none"))
        return
    none = view.say("not_coded")
    told = [
        {
            "mark": view.say(f"marks.{row['mark']}"),
            "line": row["line"] or view.say("no_line"),
            "origin": row["origin"] or none,
            "nature": row["nature"] or none,
            "sentence": row["sentence"],
        }
        for row in found
    ]
    names = ("mark", "line", "origin", "nature")
    columns = [Column(name, view.say(f"col_{name}")) for name in names]
    columns += [Column("sentence", view.say("col_sentence"), wide=True)]
    page.table(unbroken(told, *names), columns, caption=view.say("causes_title"))


def draw_network(view: View, found: Rows) -> None:
    page.heading(view.say("network_title"), level=3)
    if not found:
        page.paragraph(view.say("network_none"))
        return
    now, before = (sum(row[name] is True for row in found) for name in ("active", "active_before"))
    named = sum(row["active"] is not None for row in found)
    page.paragraph(view.say("network_said", active=now, named=named, before=before))
    changed = [row for row in found if row["active"] != row["active_before"]]
    if changed and any(row["active_before"] is not None for row in found):
        page.table(*network_rows(view, changed), caption=view.say("network_changed"))
    opened = st.expander(view.say("network_all"), key="network_all", on_change="rerun", type="compact")
    if opened.open:
        with opened:
            told, columns = network_rows(view, found)
            page.twin(view, "network", pd.DataFrame(told, dtype=object), columns, caption=view.say("network_title"))


def network_rows(view: View, found: Rows) -> tuple[Rows, list[Column]]:
    told = [
        {
            "name": row["name"],
            "active": active_said(view, row["active"]),
            "active_before": active_said(view, row["active_before"]),
            "activity": row["activity"] or row["activity_before"] or "–",
        }
        for row in found
    ]
    columns = [Column("name", view.say("col_body"), wide=True)]
    columns += [Column(name, view.say(f"col_{name}")) for name in ("active", "active_before")]
    return told, [*columns, Column("activity", view.say("col_activity"), wide=True)]


def active_said(view: View, value: Any) -> str:
    return view.say("not_named") if value is None else view.app("yes" if value else "no")


PARTS_DRAWN = {
    "financial": draw_amounts,
    "physical": draw_measured,
    "procedural": draw_packages,
    "cause": draw_causes,
    "network": draw_network,
}


# ---------------------------------------------------------------- versions and files


def draw_versions(view: View, versions: list[dict[str, Any]]) -> None:
    page.heading(view.say("versions_title"), level=2)
    if len(versions) < 2:
        page.paragraph(view.say("versions_one"))
        return
    changes = {
        one["sheet_id"]: [
            entry for entry in sheets.entries(view.asked, one["sheet_id"], one["before_id"], view.lang) if entry.changed
        ]
        for one in versions
        if one["before_id"]
    }
    page.table(*versions_rows(view, versions, changes), caption=view.say("versions_title"))
    for one in versions:
        if one["before_id"]:
            draw_correction(view, one["version"], changes[one["sheet_id"]])


def versions_rows(view: View, versions: Rows, changes: Mapping[str, Sequence[Entry]]) -> tuple[Rows, list[Column]]:
    told = [
        {
            "version": one["version"],
            "received": page.written(view, one["received_on"], "date"),
            "protocol": one["protocol"] or "–",
            "integration": day_or_dash(view, one["integration_asked_on"]),
            "rows": place_said(view, one["file"], one["line"], one["line"]),
            "incurred": shown(view, one["incurred"], "eur"),
            "changed": len(changes[one["sheet_id"]]) if one["before_id"] else "–",
        }
        for one in versions
    ]
    right = ("incurred", "changed")
    return told, [Column(name, view.say(f"col_{name}"), "right" if name in right else "left") for name in told[0]]


def draw_correction(view: View, version: int, changes: list[Entry]) -> None:
    title = view.say("correction_title", version=version)
    page.heading(title, level=3)
    if not changes:
        page.paragraph(view.say("correction_none"))
        return
    told = [entry_words(view, one) for one in changes[:CHANGES_SHOWN]]
    columns = [Column("part", view.say("col_part")), Column("name", view.say("col_what"), wide=True)]
    columns += [Column(name, view.say(f"col_was_{name}"), "right") for name in ("before", "now", "moved")]
    page.table(told, columns, caption=title)
    if len(changes) > CHANGES_SHOWN:
        page.note(view, "changes_more", shown=CHANGES_SHOWN, total=len(changes))


def entry_words(view: View, one: Entry) -> dict[str, str]:
    difference = put_off(view, one.moved) if one.unit == "date" else moved(view, one.moved, one.unit)
    return {
        "part": view.say(f"parts.{one.part}"),
        "name": entry_name(view, one),
        "now": value_words(view, one, one.now),
        "before": value_words(view, one, one.before),
        "moved": difference,
    }


def value_words(view: View, one: Entry, value: Any) -> str:
    if value is None:
        return "–"
    if one.unit:
        return page.written(view, value, one.unit)
    if one.what == "state":
        return view.app(f"state.{value}")
    return active_said(view, value)


def draw_sheet_files(view: View, sheet: sheets.Sheet, title: str, cited: list[tuple[str, str]]) -> None:
    page.note(view, "files_note")
    with st.container(horizontal=True):
        downloads.draw(
            view,
            "sheet",
            lambda: sheet_file(view, sheet),
            lambda: notes(view, f"{title}. {beside(view, sheet)}", cited),
            part=sheet.sheet_id,
        )


def sheet_file(view: View, sheet: sheets.Sheet) -> Sheet:
    """Return every value of a sheet beside that of the sheet before, one a row."""
    every = sheets.entries(view.asked, sheet.sheet_id, sheet.before_id, view.lang)
    rows = pd.DataFrame([entry_row(view, one) for one in every], columns=ENTRY_COLUMNS, dtype=object)
    fields = [Field(name, view.say(f"col_{name}")) for name in ("part", "line", "item", "what")]
    fields += [Field(name, view.say(f"col_was_{name}"), unit_in="unit") for name in ("now", "before")]
    fields += [Field("moved", view.say("col_was_moved"), unit_in="of_moved"), Field("mark", view.say("col_mark"))]
    return Sheet(sheet.said(view.lang), rows, fields)


ENTRY_COLUMNS = ["part", "line", "item", "what", "now", "before", "moved", "mark", "unit", "of_moved"]


def entry_row(view: View, one: Entry) -> dict[str, Any]:
    now, before = ((v if one.unit else value_words(view, one, v)) for v in (one.now, one.before))
    fall = one.part in ("financial", "physical") and one.moved is not None and one.moved < 0
    return {
        "part": view.say(f"parts.{one.part}"),
        "line": one.line,
        "item": one.item,
        "what": view.say(f"whats.{one.what}"),
        "now": now,
        "before": before,
        "moved": one.moved,
        "mark": view.say("fall" if fall else "different") if one.changed else view.say("alike"),
        "unit": one.unit,
        "of_moved": "days" if one.unit == "date" else one.unit,
    }


# ---------------------------------------------------------------- where there are no sheets


def draw_unknown(view: View) -> None:
    page.unknown(view, view.say("unknown"))
    found = page.records(sheets.statements(view.asked, view.lang))
    page.heading(view.say("statements_title"))
    if found:
        st.html("".join(quote_html(view, row) for row in found))
    else:
        page.paragraph(view.say("statements_none"))
    gaps = page.records(progress.gaps(view.asked, view.lang, view.spec.slug))
    if gaps:
        page.heading(view.say("gaps_title"))
        page.bullets([f"<b>{markup.escape(row['title'])}</b>{page.quietly(row['reason'])}" for row in gaps])


def quote_html(view: View, row: dict[str, Any]) -> str:
    source = markup.anchor(row["url"], row["source"], outside=True) if row["url"] else markup.escape(row["source"])
    meaning = markup.escape(view.say("statement_meaning", meaning=row["meaning"]))
    day = markup.escape(page.written(view, row["on_date"], "date"))
    quoted = f'<span lang="{markup.escape(row["quote_lang"])}">«{markup.escape(row["quote"])}»</span>'
    return f'<blockquote class="quote">{quoted}<cite>{meaning}<br>{day} · {source}</cite></blockquote>'


# ---------------------------------------------------------------- the page

DRAWN = {"board": draw_board, "reminders": draw_reminders}


def draw_every(view: View) -> None:
    """Draw what is known of the sheets of all projects, a part at a time."""
    page.cards(cards(view))
    if st.session_state.get("tab") not in DRAWN:
        st.session_state["tab"] = next(iter(DRAWN))
    count = len(reminders.reminders(view.asked, view.lang))
    names = {"board": view.say("tabs.board"), "reminders": view.say(f"tabs.{kind(view)}", count=count)}
    tab = st.segmented_control(
        view.say("tabs_label"),
        tuple(DRAWN),
        key="tab",
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    DRAWN[str(tab)](view)


view = page.view(__file__)
if not overview.monitored(view.snapshot):
    draw_unknown(view)
else:
    found, sheet = chosen_sheet(view)
    if sheet is not None:
        draw_sheet(view, found, sheet)
    elif view.chosen("project") in sheets.projects(view.asked, view.lang):
        trail.draw(view, view.chosen("project"), (view.say("menu"), ""))
        page.paragraph(view.say("project_none"))
    else:
        draw_every(view)
