"""How something went over time: lines labelled at their end, columns, and the small line of a card."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from impact_analytics.charts.frame import (
    EDGE,
    NARROW,
    NUMBERS,
    STANDARD,
    Pen,
    Spec,
    counted,
    figure,
    hover,
    iso,
    note,
    number,
    painted,
    records,
    scatter,
    share_of,
    still,
    time_axis,
    upright,
    value_axis,
    word,
    words,
    written,
)
from impact_analytics.charts.labels import BREAK, LINE, flags, spread, width, wrapped
from impact_analytics.charts.labels import lines as count_lines
from impact_analytics.formats import Unit, short_day
from impact_analytics.theme import Theme, estimate_marker, not_known_marker, series_marker

Acts = Sequence[tuple[date, str]]

MOST = 4  # lines that can be told apart
END = 104  # px for the words at a line's end
BOTTOM = 42
BOLD = 1.12  # of the width of plain type
POINTS = 20  # from so many on a line carries no markers
STUB = 0.12  # of the plot, the column that stands for no value


def lines(
    rows: pd.DataFrame,
    look: Theme,
    lang: str,
    *,
    unit: Unit,
    acts: Acts = (),
    step: bool = False,
    height: int = STANDARD,
) -> go.Figure:
    """Draw up to four series over days; columns series, label, position, on, value, basis.

    A value of None is a gap; an estimate is a hollow point. `acts` are the days that moved something, with a short
    name each; `step` keeps a value until the next.
    """
    pen, series = Pen(look, lang, unit), _series(rows)
    start, end = _span(rows)
    right = max((_end_room(group, pen) for group in series), default=EDGE)
    poles, labels, top = _acts(acts, (start, end), right, height, look)
    axis = value_axis(*_range(rows), unit, lang, look)
    axes = {"xaxis": time_axis(start, end, lang, look, room=NARROW - NUMBERS - right), "yaxis": axis}
    notes = [*labels, *_ends(series, axis["range"], height - top - BOTTOM, pen)]
    margin = {"l": NUMBERS, "r": right, "t": top, "b": BOTTOM}
    traces = [_line(group, pen, step=step) for group in series]
    return figure(traces, look, lang, height=height, margin=margin, shapes=poles, annotations=notes, **axes)


def lines_alt(rows: pd.DataFrame, lang: str, *, unit: Unit, acts: Acts = ()) -> str:
    """Say what the lines show: the span, and where each begins and ends."""
    start, end = _span(rows)
    said = words("lines", lang, start=short_day(start, "day", lang), end=short_day(end, "day", lang))
    for known in filter(None, map(_firm, _series(rows))):
        first, last = (written(row.value, row.basis, unit, lang) for row in (known[0], known[-1]))
        said += " " + words("line_from_to", lang, label=known[0].label, first=first, last=last)
    named = "; ".join(f"{name}, {short_day(when, 'day', lang)}" for when, name in acts)
    return said + (" " + words("acts_named", lang, acts=named) if acts else "")


def columns(rows: pd.DataFrame, look: Theme, lang: str, *, unit: Unit, height: int = STANDARD) -> go.Figure:
    """Draw one column a row, in the rows' order; columns label, value, basis, note.

    A value of None is a hatched stub with the words of its note, or that the amount is not public.
    """
    pen, every = Pen(look, lang, unit), records(rows)
    known = [value for row in every if (value := number(row.value)) is not None]
    axis = value_axis(min([0.0, *known]), max([0.0, *known]), unit, lang, look)
    room = (NARROW - NUMBERS - EDGE) / max(1, len(every))
    names = still(look) | {
        "tickvals": list(range(len(every))),
        "ticktext": [_column_name(label, room) for label in rows["label"]],
        "tickangle": 0,
        "range": [-0.5, len(every) - 0.5],
    }
    traces = [_column(place, row, axis["range"][1] * STUB, room, pen) for place, row in enumerate(every)]
    margin = {"l": NUMBERS, "r": EDGE, "t": 24, "b": BOTTOM}
    return figure(traces, look, lang, height=height, margin=margin, xaxis=names, yaxis=axis)


def columns_alt(rows: pd.DataFrame, lang: str, *, unit: Unit) -> str:
    """Say each column in turn."""
    every = records(rows)
    told = "; ".join(f"{row.label}: {_column_words(row, unit, lang)}" for row in every)
    guessed = sum(row.basis == "estimate" and number(row.value) is not None for row in every)
    return words("columns", lang, count=len(every), told=told) + counted(lang, estimates=guessed)


def sparkline_svg(values: Sequence[object], look: Theme, *, position: int = 0, wide: int = 96, high: int = 24) -> str:
    """Return the small line of a card, hidden from screen readers because the card says it; empty below two values."""
    known = [(place, value) for place, value in enumerate(map(number, values)) if value is not None]
    if len(known) < 2:
        return ""
    low, top = min(value for _, value in known), max(value for _, value in known)
    across, up = (wide - 8) / (len(values) - 1), (high - 8) / ((top - low) or 1)
    points = [(4 + place * across, high - 4 - (value - low) * up) for place, value in known]
    color = series_marker(look, position)["color"]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg aria-hidden="true" focusable="false" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">'
        f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.5" stroke-linejoin="round"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{color}"/></svg>'
    )


# --- lines ------------------------------------------------------------------------------------------------------------


def _series(rows: pd.DataFrame) -> list[list[Any]]:
    series: dict[Any, list[Any]] = {}
    for row in records(rows):
        series.setdefault(row.series, []).append(row)
    if len(series) > MOST:
        raise ValueError(f"{len(series)} lines cannot be told apart: draw {MOST} at most, or small multiples.")
    return list(series.values())


def _span(rows: pd.DataFrame) -> tuple[date, date]:
    days = sorted({when for when in map(iso, rows["on"].tolist()) if when})
    return date.fromisoformat(days[0]), date.fromisoformat(days[-1])


def _range(rows: pd.DataFrame) -> tuple[float, float]:
    known = [value for value in map(number, rows["value"].tolist()) if value is not None]
    return min([0.0, *known]), max([0.0, *known])


def _color(group: Sequence[Any], look: Theme) -> str:
    color: str = series_marker(look, int(group[0].position))["color"]
    return color


def _line(group: Sequence[Any], pen: Pen, *, step: bool) -> Spec:
    color = _color(group, pen.look)
    fills = [pen.look.page if row.basis == "estimate" else color for row in group]
    return scatter(
        [iso(row.on) for row in group],
        [number(row.value) for row in group],
        "lines+markers" if len(group) <= POINTS and not step else "lines",
        line={"color": color, "width": 2.5, "shape": "hv" if step else "linear"},
        marker={"color": fills, "size": 6, "line": {"color": color, "width": 1.5}},
        customdata=[[row.series] for row in group],
    ) | hover([_line_said(row, pen) for row in group])


def _line_said(row: Any, pen: Pen) -> str:
    return f"<b>{row.label}</b><br>{short_day(row.on, 'day', pen.lang)}: {pen.exact(row.value, row.basis)}"


def _firm(group: Sequence[Any]) -> list[Any]:
    return [row for row in group if number(row.value) is not None]


def _end_room(group: Sequence[Any], pen: Pen) -> float:
    """Return the pixels of the words at a line's end; the value, the first of them, is bold after a sign."""
    words = _last_words(group, pen)
    return max(width(words) + 20, BOLD * width(words.split(BREAK, 1)[0]) + 26)


def _last_words(group: Sequence[Any], pen: Pen) -> str:
    row = (_firm(group) or group)[-1]
    return f"{pen.written(row.value, row.basis)}{BREAK}{wrapped(str(row.label), END)}"


def _ends(series: Sequence[Sequence[Any]], span: Sequence[float], plot: float, pen: Pen) -> list[Spec]:
    """Return the words at the lines' ends, moved apart; a sign carries the colour, so that the words stay readable."""
    told = [_last_words(group, pen) for group in series]
    lasts = [(number(known[-1].value) or 0) if (known := _firm(group)) else 0 for group in series]
    wanted = [(value - span[0]) * plot / (span[1] - span[0]) for value in lasts]
    middles = spread(wanted, [count_lines(label) * LINE for label in told], -8, plot + 4)
    where = {"x": 1, "xanchor": "left", "yanchor": "middle", "xshift": 8}
    return [
        note(_end_words(label, _color(group, pen.look)), pen.look, y=middle / plot, **where)
        for label, group, middle in zip(told, series, middles, strict=True)
    ]


def _end_words(label: str, color: str) -> str:
    value, name = label.split(BREAK, 1)
    return f"{painted('●', color)} <b>{value}</b>{BREAK}{name}"


def _acts(
    acts: Acts, span: tuple[date, date], right: float, height: float, look: Theme
) -> tuple[list[Spec], list[Spec], float]:
    """Return hairlines at days, their names above the plot, and the pixels these take."""
    shown = [(when.isoformat(), name) for when, name in acts if span[0] <= when <= span[1]]
    shares = [share_of(when, *span) for when, _ in shown]
    placed = flags(shares, [width(name) for _, name in shown], NARROW - NUMBERS - right)
    top = 14 + LINE * max((flag.level + 1 for flag in placed), default=0)
    poles, labels = [], []
    for (when, name), flag in zip(shown, placed, strict=True):
        rise = 4 + flag.level * LINE
        poles.append(upright(look, when, up=1 + (rise + LINE - 3) / (height - top - BOTTOM)))
        where = {"xref": "x", "x": when, "y": 1, "xanchor": flag.anchor, "yanchor": "bottom", "bgcolor": look.page}
        where |= {"xshift": 4 if flag.anchor == "left" else -4, "yshift": rise - 2}
        labels.append(note(painted(name, look.quiet), look, **where))
    return poles, labels, top


# --- columns ----------------------------------------------------------------------------------------------------------


def _column(place: int, row: Any, stub: float, room: float, pen: Pen) -> Spec:
    value, look = number(row.value), pen.look
    said = _column_words(row, pen.unit, pen.lang)
    return {
        "type": "bar",
        "x": [place],
        "y": [stub if value is None else value],
        "width": 0.62,
        "marker": _column_marker(row, look),
        "text": [wrapped(said, room, 3) if value is None else said],
        "textposition": "outside",
        "textangle": 0,
        "constraintext": "none",
        "cliponaxis": False,
        "textfont": {"color": look.quiet if value is None else look.text},
        **hover([_column_said(row, pen)]),
    }


def _column_name(label: str, room: float) -> str:
    """Return a column's name, a day broken before its year where it would touch the next."""
    if width(label) > room - 12 and "/" in label and " " not in label:
        return f"{BREAK}".join(label.rsplit("/", 1))
    return wrapped(label, room - 4)


def _column_marker(row: Any, look: Theme) -> Spec:
    if number(row.value) is None:
        return not_known_marker(look)
    own = series_marker(look, 0)
    return estimate_marker(own["color"]) if row.basis == "estimate" else own


def _column_words(row: Any, unit: Unit, lang: str) -> str:
    if number(row.value) is None:
        return word(row.note) or words("not_public", lang)
    return written(row.value, row.basis, unit, lang)


def _column_said(row: Any, pen: Pen) -> str:
    known, told = number(row.value) is not None, word(row.note)
    value = pen.exact(row.value, row.basis) if known else _column_words(row, pen.unit, pen.lang)
    return f"<b>{row.label}</b><br>{value}" + (f"<br>{told}" if known and told else "")
