"""Who has how much: bars for amounts and shares, dots for places and for two moments."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from impact_analytics.charts.frame import (
    NAMES,
    Pen,
    Spec,
    bare_axis,
    counted,
    figure,
    height_of,
    hover,
    key,
    note,
    number,
    painted,
    records,
    row_axis,
    scatter,
    word,
    words,
    written,
)
from impact_analytics.charts.labels import shortened, width
from impact_analytics.formats import NBSP, Unit
from impact_analytics.theme import Theme, estimate_marker, not_known_marker, series_marker

PITCH = 26  # px a row
NOTE = 84  # px that a note may take
STUB = 0.06  # of the plot, the hatch that stands for no value


def bars(
    rows: pd.DataFrame, look: Theme, lang: str, *, unit: Unit, position: int = 0, maximum: float | None = None
) -> go.Figure:
    """Draw one bar a row, in the rows' order; columns id, label, value, basis, note.

    A value of None is drawn as not known; a point carries its id as customdata. Several figures keep one scale by
    `maximum`.
    """
    pen, every = Pen(look, lang, unit), records(rows)
    known = _known([number(row.value) for row in every])
    low, high = min([0.0, *known]), maximum or max([0.0, *known]) or 1.0
    kinds = _kinds(every, look, position)
    traces = [_bars(every, places, marker, (high - low) * STUB, pen) for places, marker in kinds if places]
    margin = {"l": NAMES, "r": _right(every, pen), "t": 4, "b": 4}
    return figure(
        traces,
        look,
        lang,
        height=height_of(len(every), PITCH, margin),
        margin=margin,
        xaxis=bare_axis(low, high, look),
        yaxis=row_axis(rows["label"].tolist(), look, PITCH),
    )


def bars_alt(rows: pd.DataFrame, lang: str, *, unit: Unit) -> str:
    """Say what the bars show: how many, the largest and the smallest, what is estimated and what is not known."""
    return words("bars", lang, count=len(rows)) + _extremes(rows, lang, unit) + _uncertain(rows, lang)


def dots(rows: pd.DataFrame, look: Theme, lang: str, *, unit: Unit, before: str = "", now: str = "") -> go.Figure:
    """Draw one dot a row, in the rows' order, and from where it came; columns id, label, value, before, basis.

    `before` and `now` name the two moments; without them the column `before` is not looked at.
    """
    pen, every = Pen(look, lang, unit), records(rows)
    olds = [number(row.before) for row in every] if before else []
    news = [number(row.value) for row in every]
    low, high = min([0.0, *_known([*olds, *news])]), max([0.0, *_known([*olds, *news])]) or 1.0
    label, top = key([("○", look.quiet, before), ("●", look.accent, now)], look, left=NAMES)
    ends = [_two_words(row, pen, two=bool(before)) for row in every]
    right = max((width(f"{old}{value}") for old, value in ends), default=0) + 26
    margin = {"l": NAMES, "r": right, "t": top + 4 if before else 4, "b": 4}
    return figure(
        [_track(len(every), low, high, look), *_moments(every, olds, news, pen, (before, now))],
        look,
        lang,
        height=height_of(len(every), PITCH, margin),
        margin=margin,
        annotations=[*([label] if before else []), *_column(every, ends, right, look)],
        xaxis=bare_axis(low, high, look),
        yaxis=row_axis(rows["label"].tolist(), look, PITCH),
    )


def dots_alt(rows: pd.DataFrame, lang: str, *, unit: Unit, before: str = "", now: str = "") -> str:
    """Say what the dots show: how many, the largest and the smallest, and how many rose and fell."""
    said = words("dots", lang, count=len(rows)) + _extremes(rows, lang, unit)
    if before:
        pairs = [(number(row.before), number(row.value)) for row in records(rows)]
        steps = [value - old for old, value in pairs if old is not None and value is not None]
        rose, fell = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
        said += " " + words("rose_and_fell", lang, before=before, now=now, rose=rose, fell=fell)
    return said + _uncertain(rows, lang)


# --- bars -------------------------------------------------------------------------------------------------------------


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _kinds(every: Sequence[Any], look: Theme, position: int) -> list[tuple[list[int], Spec]]:
    """Return the places of what is firm, what is estimated and what is not known, and how each is drawn."""
    marker = series_marker(look, position)
    unknown = [place for place, row in enumerate(every) if number(row.value) is None]
    guessed = [place for place, row in enumerate(every) if row.basis == "estimate" and place not in unknown]
    firm = [place for place in range(len(every)) if place not in unknown and place not in guessed]
    return [(firm, marker), (guessed, estimate_marker(marker["color"])), (unknown, not_known_marker(look))]


def _bars(every: Sequence[Any], places: Sequence[int], marker: Spec, stub: float, pen: Pen) -> Spec:
    rows = [every[place] for place in places]
    values = [number(row.value) for row in rows]
    return {
        "type": "bar",
        "orientation": "h",
        "x": [stub if value is None else value for value in values],
        "y": list(places),
        "width": 0.62,
        "marker": marker,
        "text": [_end(row, pen) for row in rows],
        "textposition": "outside",
        "textangle": 0,
        "textfont": {"color": pen.look.text},
        "constraintext": "none",
        "cliponaxis": False,
        "customdata": [[row.id] for row in rows],
        **hover([_said(row, pen) for row in rows]),
    }


def _end(row: Any, pen: Pen) -> str:
    value, told = pen.written(row.value, row.basis), word(row.note)
    first = painted(value, pen.look.quiet) if number(row.value) is None else value
    return f"{first}{NBSP * 2}{painted(shortened(told, NOTE), pen.look.quiet)}" if told else first


def _right(every: Sequence[Any], pen: Pen) -> float:
    """Return the pixels that the longest label at a bar's end takes."""
    notes = [min(NOTE, width(told)) + 8 if (told := word(row.note)) else 0 for row in every]
    values = [width(pen.written(row.value, row.basis)) for row in every]
    return max(map(sum, zip(values, notes, strict=True)), default=0) + 12


def _said(row: Any, pen: Pen) -> str:
    told = word(getattr(row, "note", ""))
    return f"<b>{row.label}</b><br>{pen.exact(row.value, row.basis)}" + (f"<br>{told}" if told else "")


# --- dots -------------------------------------------------------------------------------------------------------------


def _track(count: int, low: float, high: float, look: Theme) -> Spec:
    x: list[float | None] = [low, high, None] * count
    y = [place for place in range(count) for _ in range(3)]
    return scatter(x, y, "lines", line={"color": look.line, "width": 1})


def _moments(
    every: Sequence[Any],
    olds: Sequence[float | None],
    news: Sequence[float | None],
    pen: Pen,
    names: tuple[str, str],
) -> list[Spec]:
    """Return the dots, and where there are two moments what lies between them."""
    look, places = pen.look, range(len(every))
    said = [_two_said(row, pen, names) if olds else _said(row, pen) for row in every]
    fills = [look.page if row.basis == "estimate" else look.accent for row in every]
    filled = {"color": fills, "size": 11, "line": {"color": look.accent, "width": 1.5}}
    last = scatter(news, places, "markers", marker=filled, customdata=[[row.id] for row in every]) | hover(said)
    if not olds:
        return [last]
    x = [end for pair in zip(olds, news, strict=True) for end in ((None,) * 3 if None in pair else (*pair, None))]
    way = scatter(x, [place for place in places for _ in range(3)], "lines", line={"color": look.quiet, "width": 2})
    hollow = {"color": look.page, "size": 9, "line": {"color": look.quiet, "width": 1.5}}
    return [way, scatter(olds, places, "markers", marker=hollow) | hover(said), last]


def _two_words(row: Any, pen: Pen, *, two: bool) -> tuple[str, str]:
    old = f"{pen.written(row.before, row.basis)}{NBSP}→ " if two else ""
    return old, pen.written(row.value, row.basis)


def _column(every: Sequence[Any], ends: Sequence[tuple[str, str]], right: float, look: Theme) -> list[Spec]:
    """Return the values as a column at the right edge, the earlier one quiet."""
    texts = [
        painted(old, look.quiet) + (painted(value, look.quiet) if number(row.value) is None else f"<b>{value}</b>")
        for row, (old, value) in zip(every, ends, strict=True)
    ]
    where = {"x": 1, "yref": "y", "xanchor": "right", "xshift": right - 4}
    return [note(label, look, y=place, **where) for place, label in enumerate(texts)]


def _two_said(row: Any, pen: Pen, names: tuple[str, str]) -> str:
    before, now = names
    old, new = pen.exact(row.before, row.basis), pen.exact(row.value, row.basis)
    return f"<b>{row.label}</b><br>{before}: {old}<br>{now}: {new}"


# --- in words ---------------------------------------------------------------------------------------------------------


def _extremes(rows: pd.DataFrame, lang: str, unit: Unit) -> str:
    """Say the largest and the smallest of what is no estimate: estimates are not ranked."""
    firm = [row for row in records(rows) if number(row.value) is not None and row.basis != "estimate"]
    if not firm:
        return ""
    top, low = (choose(firm, key=lambda row: number(row.value) or 0) for choose in (max, min))
    ends = {"top_value": written(top.value, "", unit, lang), "low_value": written(low.value, "", unit, lang)}
    return " " + words("extremes", lang, top=top.label, low=low.label, **ends)


def _uncertain(rows: pd.DataFrame, lang: str) -> str:
    unknown = [number(value) is None for value in rows["value"]]
    guessed = [basis == "estimate" and not gone for basis, gone in zip(rows["basis"], unknown, strict=True)]
    return counted(lang, estimates=sum(guessed), not_known=sum(unknown))
