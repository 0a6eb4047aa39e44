"""What was reached, line by line: what sheets measure and what was published, kinds apart; and published targets."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.charts.frame import records
from impact_analytics.queries import progress
from impact_analytics.ui import markup, page
from impact_analytics.ui.page import Column, View

TARGETS_SHOWN = 8
MEASURED = ("sheet_physical", "indicator_target")
UNITS_APART = {"persons": "persons", "contacts": "contacts", "count": "other", "hours": "other"}


def _counted(view: View, number: Any, unit: str) -> str:
    """Return a number with what it counts: persons, people reached, hours."""
    if unit == "contacts":
        return view.say("contacts", count=page.written(view, number, "count"))
    return page.written(view, number, unit)


def _figure(view: View, row: Any) -> str:
    """Return a published number with what the source says of it."""
    return view.app(f"qualifier.{row.qualifier}", value=_counted(view, row.value, row.unit))


def _indicator_html(view: View, row: Any) -> str:
    reached = view.say("indicator_count", reached=row.reached, projects=row.projects)
    if row.value is None:
        shown, note = reached, view.say("indicator_persons")
    else:
        shown = _counted(view, row.value, row.unit)
        target = page.written(view, row.target, "count")
        said = "indicator_one" if row.projects == 1 else "indicator_sum"
        note = view.say(said, target=target, reached=row.reached, projects=row.projects)
    return f"<dt>{markup.escape(shown)}</dt><dd>{markup.escape(row.name)}<span>{markup.escape(note)}</span></dd>"


def _published_html(view: View, found: list[Any]) -> str:
    parts = []
    for (place, day, source, url), some in groupby(found, lambda row: (row.place, row.day, row.source, row.url)):
        rows = list(some)
        link = f" · {markup.anchor(url, source, outside=True)}" if url else ""
        said = f"<span>{markup.escape(f'{place}, {day}')}{link}</span>"
        for row in rows:
            last = said if row is rows[-1] else ""
            parts.append(f"<dt>{markup.escape(_figure(view, row))}</dt><dd>{markup.escape(row.name)}{last}</dd>")
    return "".join(parts)


def _block_html(view: View, head: tuple[str, str, str], measured: list[Any], published: list[Any]) -> str:
    """Return a line (colour, name, title) as a block: what the sheets measure, then what was published, kinds apart."""
    color, name, title = head
    shown = list({row.name: row for row in reversed(published)}.values())[::-1] if measured else published
    parts = [f"<h3>{markup.escape(name)}</h3><p>{markup.escape(title)}</p>"]
    if measured:
        rows = "".join(_indicator_html(view, row) for row in measured)
        parts.append(f"<h4>{markup.escape(view.say('group_sheets'))}</h4><dl>{rows}</dl>")
    for group in ("persons", "contacts", "other"):
        some = [row for row in shown if UNITS_APART[row.unit] == group]
        if some:
            parts.append(f"<h4>{markup.escape(view.say(f'group_{group}'))}</h4><dl>{_published_html(view, some)}</dl>")
    if not (published or measured):
        parts.append(f'<p class="quiet">{markup.escape(view.say("lines_none"))}</p>')
    if len(shown) < len(published):
        more = view.say("results_more", count=len(published) - len(shown))
        parts.append(f'<p class="quiet">{markup.escape(more)}</p>')
    return f'<section class="line" style="border-left-color:{color}">{"".join(parts)}</section>'


def _line_head(view: View, line: Any) -> tuple[str, str, str]:
    color = view.look.series[line.place % len(view.look.series)]
    return color, line.name if line.line in line.name else f"{line.line} · {line.name}", line.title


def draw_lines(view: View) -> None:
    """Draw a block a line: what its sheets measure, and what was published."""
    lines = progress.lines(view.asked, view.lang)
    published = records(progress.results(view.asked, view.lang))
    measured = records(progress.indicators(view.asked, view.lang))
    blocks = [
        _block_html(
            view,
            _line_head(view, line),
            [row for row in measured if row.line == line.line],
            [row for row in published if row.line == line.line],
        )
        for line in records(lines)
    ]
    loose = [row for row in published if row.line is None]
    across = [row for row in measured if row.line is None]
    narrowed = "action_line" in view.asked.chosen
    if not narrowed and (loose or across):
        which = "several" if across else "missing"
        head = (view.look.quiet, view.say(f"line_{which}"), view.say(f"line_{which}_title"))
        blocks.append(_block_html(view, head, across, loose))
    page.heading(view.say("lines_title"), page.subtitle(view))
    st.html(f'<div class="lines">{"".join(blocks)}</div>')
    page.note(view, "lines_note")
    if narrowed and loose:
        page.note(view, "results_without_line", count=len(loose))
    _foot_of_lines(view, published, (*("result",), *(MEASURED if measured else ())))


def _foot_of_lines(view: View, published: list[Any], tables: Sequence[str]) -> None:
    names = view.names("action_line")

    def data() -> page.Data:
        shown = pd.DataFrame(
            {
                "line": [names.get(row.line, view.say("line_missing")) for row in published],
                "name": [row.name for row in published],
                "value": [_figure(view, row) for row in published],
                "place": [row.place for row in published],
                "day": [row.day for row in published],
                "source": [row.source for row in published],
                "url": [row.url for row in published],
            }
        )
        headings = ("line", "result", "value", "territory", "day")
        columns = [
            Column(name, view.say(f"col_{heading}"), wide=heading == "result")
            for name, heading in zip(shown.columns, headings, strict=False)
        ]
        return shown, [*columns, Column("source", view.say("col_source"), link="url")]

    page.foot(
        view,
        "results",
        title=view.say("lines_title"),
        data=data if published else None,
        sources=_cited(published),
        metrics=("results_published",),
        rows=tables,
    )


def _cited(found: list[Any]) -> list[tuple[str, str]]:
    """Return the sources of what is shown, each once."""
    return list(dict.fromkeys((row.source, row.url) for row in found))


def draw_targets(view: View) -> None:
    """Draw the targets that were published, beside what the same project published as reached."""
    found = progress.targets(view.asked, view.lang)
    page.heading(view.say("targets_title"), page.subtitle(view))
    if found.empty:
        page.paragraph(view.say("targets_none"))
        return
    rows = records(found)[:TARGETS_SHOWN]
    page.table(*_targets_data(view, rows), caption=view.say("targets_title"))
    page.note(view, "targets_note")
    if len(found) > len(rows):
        page.note(view, "targets_more", count=len(found) - len(rows))
    page.foot(view, "targets", title=view.say("targets_title"), sources=_cited(rows), rows=("result",))


def _targets_data(view: View, rows: list[Any]) -> page.Data:
    shown = pd.DataFrame(
        {
            "place": [row.place for row in rows],
            "what": [row.what if row.name is None else f"{row.name}: {row.what}" for row in rows],
            "kind": [view.say(f"kind_{row.unit}") for row in rows],
            "target": [_figure(view, row) for row in rows],
            "reached": [_reached(view, row) for row in rows],
            "source": [row.source for row in rows],
            "url": [row.url for row in rows],
        }
    )
    columns = [
        Column("place", view.say("col_territory")),
        Column("what", view.say("col_target"), wide=True),
        Column("kind", view.say("col_kind")),
        Column("target", view.say("col_value"), "right"),
        Column("reached", view.say("col_reached"), "right"),
    ]
    linked = [Column("source", view.say("col_source"), link="url")] if any(row.url for row in rows) else []
    return shown, [*columns, *linked]


def _reached(view: View, row: Any) -> str:
    if row.reached is None:
        return view.app("not_known")
    return view.app(f"qualifier.{row.reached_qualifier}", value=_counted(view, row.reached, row.unit))
