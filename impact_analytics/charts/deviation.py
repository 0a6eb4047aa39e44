"""How far something is from where it should be: the three clocks."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from impact_analytics.charts.frame import (
    NAMES,
    Spec,
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
    still,
    words,
    written,
)
from impact_analytics.charts.labels import width
from impact_analytics.formats import UNITS, difference, full
from impact_analytics.theme import Theme

PITCH = 38  # px a row
SHARE = UNITS["share"]
CLOCKS = ("time", "physical", "expenditure")


def clocks(rows: pd.DataFrame, look: Theme, lang: str) -> go.Figure:
    """Draw time, physical progress and expenditure as three marks on a track a row; columns id, label, time, physical,
    expenditure, basis; shares, 1 being all of it. The gap, physical less time, stands at the end in points.
    """
    every = records(rows)
    known = [value for row in every for value in _values(row) if value is not None]
    high = max([1.0, *known])
    entries = [(sign, color, words(clock, lang)) for clock, sign, color in _signs(look)]
    label, top = key(entries, look, left=NAMES)
    gaps = [_gap(row, lang) for row in every]
    head = words("gap", lang)
    margin = {"l": NAMES, "r": max(map(width, [head, *gaps])) + 18, "t": top + 22, "b": 26}
    column = [
        _figure_at_end(gap, place, row, margin["r"], look)
        for place, (gap, row) in enumerate(zip(gaps, every, strict=True))
    ]
    heading = note(painted(head, look.quiet), look, x=1, y=1, xanchor="right", yanchor="bottom", xshift=margin["r"] - 4)
    return figure(
        [*_tracks(every, high, look), *_marks(every, look, lang)],
        look,
        lang,
        height=height_of(len(every), PITCH, margin),
        margin=margin,
        xaxis=_percent_axis(high, look, lang),
        yaxis=row_axis(rows["label"].tolist(), look, PITCH),
        annotations=[label | {"yshift": 24}, heading, *column],
    )


def clocks_alt(rows: pd.DataFrame, lang: str) -> str:
    """Say the three clocks and the gap of every row."""
    every = records(rows)
    return words("clocks", lang, count=len(every)) + "".join(" " + _row_words(row, lang) for row in every)


# --- inside -----------------------------------------------------------------------------------------------------------


def _values(row: Any) -> list[float | None]:
    return [number(getattr(row, clock)) for clock in CLOCKS]


def _signs(look: Theme) -> list[tuple[str, str, str]]:
    return [("time", "┃", look.text), ("physical", "●", look.accent), ("expenditure", "◇", look.text)]


def _gap(row: Any, lang: str) -> str:
    time, physical, _ = _values(row)
    return words("not_known", lang) if time is None or physical is None else difference(physical - time, SHARE, lang)


def _figure_at_end(gap: str, place: int, row: Any, right: float, look: Theme) -> Spec:
    known = None not in _values(row)[:2]
    drawn = f"<b>{gap}</b>" if known else painted(gap, look.quiet)
    return note(drawn, look, x=1, y=place, yref="y", xanchor="right", xshift=right - 4)


def _tracks(every: Sequence[Any], high: float, look: Theme) -> list[Spec]:
    places = range(len(every))
    track = scatter(
        [x for _ in places for x in (0, high, None)],
        [place for place in places for _ in range(3)],
        "lines",
        line={"color": look.line, "width": 4},
    )
    ends = [(place, _values(row)) for place, row in enumerate(every)]
    gaps = scatter(
        [x for _, (time, physical, _) in ends for x in (time, physical if time is not None else None, None)],
        [place for place in places for _ in range(3)],
        "lines",
        line={"color": look.accent, "width": 4},
        opacity=0.45,
    )
    return [track, gaps]


def _marks(every: Sequence[Any], look: Theme, lang: str) -> list[Spec]:
    shapes = {
        "time": {"symbol": "line-ns", "size": 18, "line": {"color": look.text, "width": 3}},
        "expenditure": {
            "symbol": "diamond",
            "size": 10,
            "color": look.page,
            "line": {"color": look.text, "width": 1.5},
        },
        "physical": {"symbol": "circle", "size": 12, "line": {"color": look.accent, "width": 1.5}},
    }
    shapes["physical"]["color"] = [look.page if row.basis == "estimate" else look.accent for row in every]
    said = {clock: [_part_said(row, clock, lang) for row in every] for clock in CLOCKS}
    said["physical"] = [_said(row, lang) for row in every]
    ids = [[row.id] for row in every]
    return [
        scatter(
            [number(getattr(row, clock)) for row in every], range(len(every)), "markers", marker=shape, customdata=ids
        )
        | hover(said[clock])
        for clock, shape in shapes.items()
    ]


def _part_said(row: Any, clock: str, lang: str) -> str:
    return f"<b>{row.label}</b><br>{words(clock, lang)}: {_clock(row, clock, lang)}"


def _said(row: Any, lang: str) -> str:
    parts = [f"{words(clock, lang)}: {_clock(row, clock, lang)}" for clock in CLOCKS]
    return "<br>".join([f"<b>{row.label}</b>", *parts, f"{words('gap', lang)}: {_gap(row, lang)}"])


def _clock(row: Any, clock: str, lang: str) -> str:
    value = getattr(row, clock)
    return written(value, row.basis if clock == "physical" else "", SHARE, lang)


def _row_words(row: Any, lang: str) -> str:
    shares = {clock: _clock(row, clock, lang) for clock in CLOCKS}
    return words("clock_row", lang, label=row.label, gap=_gap(row, lang), **shares)


def _percent_axis(high: float, look: Theme, lang: str) -> Spec:
    places = [0, 0.5, 1]
    return still(look) | {
        "range": [0, high],
        "tickvals": places,
        "ticktext": [full(place, SHARE, lang).replace(",0", "").replace(".0", "") for place in places],
    }
