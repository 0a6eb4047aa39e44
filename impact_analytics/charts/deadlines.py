"""How terms moved: the steps of a call, and a bar for each project."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from impact_analytics.charts.frame import (
    NAMES,
    NARROW,
    STANDARD,
    Spec,
    counted,
    figure,
    height_of,
    hover,
    iso,
    key,
    note,
    painted,
    records,
    row_axis,
    scatter,
    share_of,
    still,
    time_axis,
    upright,
    word,
    words,
)
from impact_analytics.charts.labels import BREAK, LINE, lines, spread, width, wrapped
from impact_analytics.formats import UNITS, full, month_ticks, short_day
from impact_analytics.theme import Theme, not_known_marker

PITCH = 26  # px a row
LEFT, RIGHT, BOTTOM = 68, 16, 42
LABEL = 132  # px of a step's words

Span = tuple[date, date]

DAYS = UNITS["days"]
DAY = 86_400_000  # ms, Plotly's measure of a length of time


def steps(
    rows: pd.DataFrame,
    look: Theme,
    lang: str,
    *,
    as_of: date,
    limits: pd.DataFrame | None = None,
    height: int = STANDARD + 40,
) -> go.Figure:
    """Draw the term in force against the day it was decided; columns label, known_on, ends_on, uncertain.

    `uncertain` says that the act was not found and `known_on` is the latest day it can be of: the stretch before is
    dashed. `limits` (label, known_on, limit_on) is drawn as a second, quiet line.
    """
    every, quiet = _ordered(rows), _ordered(limits)
    start, end = _days([r.known_on for r in every])[0], as_of
    low, high = _height_span([r.ends_on for r in every] + [r.limit_on for r in quiet])
    label, top = key(_step_key(every, quiet, look, lang), look, left=LEFT)
    notes = _step_notes(every, (start, end), (low, high), height - top - 12 - BOTTOM, (look, lang))
    return figure(
        [*_limit_line(quiet, start, end, look, lang), *_steps(every, end, look), _corners(every, look, lang)],
        look,
        lang,
        height=height,
        margin={"l": LEFT, "r": RIGHT, "t": top + 12, "b": BOTTOM},
        xaxis=time_axis(start, end, lang, look, room=NARROW - LEFT - RIGHT),
        yaxis=_term_axis(low, high, lang, look),
        annotations=[label, *notes],
    )


def steps_alt(rows: pd.DataFrame, lang: str, *, as_of: date, limits: pd.DataFrame | None = None) -> str:
    """Say each act and the term it set, and the limits."""
    every = _ordered(rows)
    told = "; ".join(_step_words(row, lang) for row in every)
    said = words("steps", lang, as_of=short_day(as_of, "day", lang), told=told)
    if limits is not None and len(limits):
        named = "; ".join(f"{r.label}, {short_day(r.limit_on, 'day', lang)}" for r in records(limits))
        said += " " + words("limits_named", lang, limits=named)
    return said


def projects(rows: pd.DataFrame, look: Theme, lang: str, *, as_of: date) -> go.Figure:
    """Draw each project from its start to its term; columns id, label, start, term, superseded, end, end_kind,
    withdrawn_on.

    `superseded` is a list of the terms before; `end_kind` is real or expected. What lies between term and end is the
    residual delay, in the late colour and in days at the row's end.
    """
    every = records(rows)
    days = _days([d for r in every for d in (r.start, r.term, r.end, r.withdrawn_on, *_superseded(r))]) or [as_of]
    start, end = min(days[0], as_of), max(days[-1], as_of)
    label, top = key(_project_key(look, lang), look, left=NAMES)
    ends = [_delay_words(row, lang) for row in every]
    margin = {"l": NAMES, "r": max([*map(width, ends), 20]) + 20, "t": top + LINE + 6, "b": BOTTOM}
    label["yshift"] = LINE + 8
    return figure(
        _project_traces(every, look, lang),
        look,
        lang,
        height=height_of(len(every), PITCH, margin),
        margin=margin,
        xaxis=time_axis(start, end, lang, look, room=NARROW - NAMES - margin["r"]),
        yaxis=row_axis(rows["label"].tolist(), look, PITCH),
        shapes=[upright(look, as_of.isoformat(), color=look.accent, wide=1.5)],
        annotations=[label, *_row_ends(every, ends, look), _as_of_note(as_of, start, end, look, lang)],
    )


def projects_alt(rows: pd.DataFrame, lang: str, *, as_of: date) -> str:
    """Say how many projects there are, how many ran past their term and the longest, and who withdrew."""
    every = records(rows)
    late = [(days, row) for row in every if (days := _delay(row))]
    said = words("projects", lang, count=len(every), as_of=short_day(as_of, "day", lang), late=len(late))
    if late:
        days, row = max(late, key=lambda pair: pair[0])
        said += " " + words("longest_delay", lang, label=row.label, days=full(days, DAYS, lang))
    return said + counted(lang, withdrawn=sum(iso(row.withdrawn_on) is not None for row in every))


# --- both -------------------------------------------------------------------------------------------------------------


def _ordered(rows: pd.DataFrame | None) -> list[Any]:
    return [] if rows is None else sorted(records(rows), key=lambda row: iso(row.known_on) or "")


def _days(values: Sequence[object]) -> list[date]:
    return sorted(date.fromisoformat(when) for when in map(iso, values) if when)


# --- steps ------------------------------------------------------------------------------------------------------------


def _height_span(values: Sequence[object]) -> tuple[date, date]:
    """Return the span of the terms with a fifth of air below and a little above."""
    days = _days(values)
    air = max((days[-1] - days[0]) / 4, (date(2, 1, 1) - date(1, 1, 1)) / 3)
    return days[0] - air, days[-1] + air / 3


def _term_axis(low: date, high: date, lang: str, look: Theme) -> Spec:
    places, names = month_ticks(low, high, lang)
    every = 1 if len(places) < 6 else 2
    return still(look) | {
        "type": "date",
        "range": [low.isoformat(), high.isoformat()],
        "tickvals": places[::every],
        "ticktext": names[::every],
        "showgrid": True,
        "gridcolor": look.line,
        "automargin": True,
    }


def _steps(every: Sequence[Any], end: date, look: Theme) -> list[Spec]:
    """Return the stepped line; a stretch in which the term may already have moved is dashed, like its riser."""
    drawn = []
    for row, after in pairwise([*every, None]):
        until = iso(after.known_on) if after else end.isoformat()
        x, y = [iso(row.known_on), until], [iso(row.ends_on)] * 2
        if after:
            x, y = [*x, until], [*y, iso(after.ends_on)]
        dash = "dot" if after and after.uncertain else "solid"
        drawn.append(scatter(x, y, "lines", line={"color": look.accent, "width": 2.5, "dash": dash}))
    return drawn


def _corners(every: Sequence[Any], look: Theme, lang: str) -> Spec:
    fills = [look.page if row.uncertain else look.accent for row in every]
    dots = {"size": 9, "color": fills, "line": {"color": look.accent, "width": 2}}
    said = [_step_words(row, lang) for row in every]
    return scatter([iso(r.known_on) for r in every], [iso(r.ends_on) for r in every], "markers", marker=dots) | hover(
        said
    )


def _limit_line(quiet: Sequence[Any], start: date, end: date, look: Theme, lang: str) -> list[Spec]:
    if not quiet:
        return []
    x = [max(iso(row.known_on) or "", start.isoformat()) for row in quiet] + [end.isoformat()]
    y = [iso(row.limit_on) for row in quiet] + [iso(quiet[-1].limit_on)]
    said = [f"<b>{row.label}</b><br>{short_day(row.limit_on, 'day', lang)}" for row in [*quiet, quiet[-1]]]
    line = {"color": look.quiet, "width": 1.5, "shape": "hv"}
    return [scatter(x, y, "lines", line=line) | hover(said)]


def _step_key(every: Sequence[Any], quiet: Sequence[Any], look: Theme, lang: str) -> list[tuple[str, str, str]]:
    entries = [("━", look.accent, words("term_in_force", lang))]
    if any(row.uncertain for row in every):
        entries.append(("┅", look.accent, words("act_not_found", lang)))
    return entries + ([("─", look.quiet, words("limit", lang))] if quiet else [])


def _step_words(row: Any, lang: str) -> str:
    known = short_day(row.known_on, "day", lang)
    by = words("by", lang, day=known) if row.uncertain else known
    return f"{row.label} ({by}): {short_day(row.ends_on, 'day', lang)}"


def _step_notes(every: Sequence[Any], across: Span, up: Span, plot: float, pen: tuple[Theme, str]) -> list[Spec]:
    """Return the words of each step: above and left of its corner, below and right of it where there is no room."""
    look, lang = pen
    room = NARROW - LEFT - RIGHT
    sides = [share_of(iso(r.known_on) or "", *across) * room > width(_step_label(r, lang)) + 10 for r in every]
    notes = []
    for left_of in (False, True):
        mine = [row for row, side in zip(every, sides, strict=True) if side is left_of]
        texts = [_step_label(row, lang) for row in mine]
        sizes = [LINE * lines(text) + 2 for text in texts]
        at = [share_of(iso(row.ends_on) or "", *up) * plot for row in mine]
        middles = _middles(at, sizes, plot, up=left_of)
        placed = zip(mine, texts, middles, strict=True)
        notes += [_step_note(row, text, middle / plot, look, left_of=left_of) for row, text, middle in placed]
    return notes


def _middles(at: Sequence[float], sizes: Sequence[float], plot: float, *, up: bool) -> list[float]:
    """Return the middles of the labels above their corners moved apart, of those below kept within the plot."""
    if up:
        return spread([y + size / 2 + 4 for y, size in zip(at, sizes, strict=True)], sizes, 0, plot + 12)
    return [max(y - size / 2 - 4, size / 2) for y, size in zip(at, sizes, strict=True)]


def _step_label(row: Any, lang: str) -> str:
    return f"<b>{short_day(row.ends_on, 'day', lang)}</b>{BREAK}{wrapped(str(row.label), LABEL)}"


def _step_note(row: Any, label: str, height: float, look: Theme, *, left_of: bool) -> Spec:
    anchor, side = ("right", -8) if left_of else ("left", 8)
    where = {"xref": "x", "x": iso(row.known_on), "xanchor": anchor, "yanchor": "middle", "xshift": side}
    return note(label, look, y=height, bgcolor=look.page, **where)


# --- projects ---------------------------------------------------------------------------------------------------------


def _superseded(row: Any) -> list[str]:
    many = isinstance(row.superseded, Iterable) and not isinstance(row.superseded, str)
    return [when for when in map(iso, row.superseded) if when] if many else []


def _ghosts(row: Any) -> list[str]:
    """Return the terms before, but those that a withdrawn project did not live to see."""
    last = iso(row.withdrawn_on)
    return [when for when in _superseded(row) if not last or when <= last]


def _delay(row: Any) -> int:
    """Return the days from the term in force to the end, none where it came in time or the project withdrew."""
    ends = _days([row.term, row.end])
    if iso(row.withdrawn_on) or len(ends) < 2:
        return 0
    return max(0, (date.fromisoformat(iso(row.end) or "") - date.fromisoformat(iso(row.term) or "")).days)


def _delay_words(row: Any, lang: str) -> str:
    days = _delay(row)
    if iso(row.withdrawn_on):
        return words("withdrawn", lang)
    return f"+{full(days, DAYS, lang)}" if days else ""


def _row_ends(every: Sequence[Any], ends: Sequence[str], look: Theme) -> list[Spec]:
    """Return the words at the rows' ends: days late in the late colour, others quiet."""
    where = {"x": 1, "yref": "y", "xanchor": "left", "xshift": 12}
    return [
        note(painted(label, look.late_text if _delay(row) else look.quiet), look, y=place, **where)
        for place, (label, row) in enumerate(zip(ends, every, strict=True))
        if label
    ]


def _project_key(look: Theme, lang: str) -> list[tuple[str, str, str]]:
    return [
        ("■", look.sequential[3], words("to_term", lang)),
        ("│", look.text, words("superseded", lang)),
        ("●", look.text, words("real_end", lang)),
        ("○", look.text, words("expected_end", lang)),
        ("■", look.late, words("residual_delay", lang)),
        ("▨", look.quiet, words("withdrawn", lang)),
    ]


def _project_traces(every: Sequence[Any], look: Theme, lang: str) -> list[Spec]:
    said, ends = [_project_said(row, lang) for row in every], [_end_said(row, lang) for row in every]
    running = {p: (r.start, r.term) for p, r in enumerate(every) if not iso(r.withdrawn_on)}
    gone = {p: (r.start, r.withdrawn_on) for p, r in enumerate(every) if iso(r.withdrawn_on)}
    late = {p: (r.term, r.end) for p, r in enumerate(every) if _delay(r)}
    bars = [
        (running, {"color": look.sequential[3]}, said),
        (gone, not_known_marker(look), said),
        (late, {"color": look.late}, ends),
    ]
    drawn = [_spans(spans, every, marker, told) for spans, marker, told in bars if spans]
    ghosts = [(when, place) for place, row in enumerate(every) for when in _ghosts(row)]
    tick = {"symbol": "line-ns", "size": 14, "line": {"color": look.text, "width": 1.5}}
    ticks = scatter([w for w, _ in ghosts], [p for _, p in ghosts], "markers", marker=tick)
    return [*drawn, ticks, _ends(every, look, ends)]


def _spans(spans: dict[int, tuple[object, object]], every: Sequence[Any], marker: Spec, said: Sequence[str]) -> Spec:
    known = {place: _days(pair) for place, pair in spans.items()}
    shown = {place: pair for place, pair in known.items() if len(pair) == 2}
    return {
        "type": "bar",
        "orientation": "h",
        "base": [first.isoformat() for first, _ in shown.values()],
        "x": [(last - first).days * DAY for first, last in shown.values()],
        "y": list(shown),
        "width": 0.5,
        "marker": marker,
        "customdata": [[every[place].id] for place in shown],
        **hover([said[place] for place in shown]),
    }


def _ends(every: Sequence[Any], look: Theme, said: Sequence[str]) -> Spec:
    shown = [place for place, row in enumerate(every) if iso(row.end) and not iso(row.withdrawn_on)]
    fills = [look.text if every[place].end_kind == "real" else look.page for place in shown]
    dots = {"size": 9, "color": fills, "line": {"color": look.text, "width": 1.5}}
    return scatter([iso(every[p].end) for p in shown], shown, "markers", marker=dots) | hover([said[p] for p in shown])


def _project_said(row: Any, lang: str) -> str:
    pairs = [("start", row.start), ("term_in_force", row.term), ("withdrawn", row.withdrawn_on)]
    pairs.insert(2, ("real_end" if row.end_kind == "real" else "expected_end", row.end))
    told = [f"{words(name, lang)}: {short_day(when, 'day', lang)}" for name, when in pairs if iso(when)]
    before = ", ".join(short_day(when, "day", lang) for when in _superseded(row))
    told += [f"{words('superseded', lang)}: {before}"] if before else []
    told += [f"{words('residual_delay', lang)}: {full(_delay(row), DAYS, lang)}"] if _delay(row) else []
    return BREAK.join([f"<b>{row.label}</b>", *told, word(getattr(row, "note", ""))]).removesuffix(BREAK)


def _end_said(row: Any, lang: str) -> str:
    """Say when a project ended or is to end, and how late; the bar before says the rest."""
    kind = "real_end" if row.end_kind == "real" else "expected_end"
    told = [f"{words(kind, lang)}: {short_day(row.end, 'day', lang)}"] if iso(row.end) else []
    told += [f"{words('residual_delay', lang)}: {full(_delay(row), DAYS, lang)}"] if _delay(row) else []
    return BREAK.join([f"<b>{row.label}</b>", *told])


def _as_of_note(as_of: date, start: date, end: date, look: Theme, lang: str) -> Spec:
    label = f"{words('as_of', lang)} {short_day(as_of, 'day', lang)}"
    late = share_of(as_of.isoformat(), start, end) * (NARROW - NAMES) > (NARROW - NAMES) / 2
    anchor = "right" if late else "left"
    where = {"xref": "x", "x": as_of.isoformat(), "y": 1, "yanchor": "bottom", "yshift": 2, "xanchor": anchor}
    return note(painted(label, look.accent), look, **where)
