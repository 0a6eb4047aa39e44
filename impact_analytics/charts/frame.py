"""What every chart shares: type, margins, axes, values in words, the key in a line, the mark of the example."""

from collections import namedtuple
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from impact_analytics.charts.labels import BREAK, LINE, lines, shortened, width, wrapped
from impact_analytics.formats import (
    MISSING,
    NBSP,
    Unit,
    estimate,
    full,
    plotly_separators,
    quarter_ticks,
    short,
    ticks,
)
from impact_analytics.i18n import text
from impact_analytics.theme import CLEAR, Theme

Spec = dict[str, Any]

STANDARD, SMALL = 320, 200
NARROW = 356  # px: the narrowest a chart is drawn, a telephone less its margins
NAMES, NUMBERS = 140, 68  # px left of the plot, for names and for numbers
EDGE = 10  # px right of a plot without labels there
TYPE = 13
LABELLED_TICKS = 5


# --- reading rows -----------------------------------------------------------------------------------------------------


def records(rows: pd.DataFrame) -> list[Any]:
    """Return the rows as tuples whose fields are the columns."""
    row = _row(tuple(rows.columns))
    return [row(*cells) for cells in zip(*(rows[name].tolist() for name in rows.columns), strict=True)]


def words(key: str, lang: str, **values: object) -> str:
    """Return a chart's own words."""
    return text("charts", key, lang, **values)


def number(value: object) -> float | None:
    """Return a value as Plotly takes it: a float, or None where it is not known."""
    return None if str(value) in MISSING else float(str(value))


def iso(value: object) -> str | None:
    """Return a day as ISO text, or None where it is not known."""
    return None if str(value) in MISSING else str(value)[:10]


def word(value: object) -> str:
    """Return a text, empty where there is none."""
    return "" if str(value) in MISSING else str(value)


def written(value: object, basis: str, unit: Unit, lang: str) -> str:
    """Write a value as it stands in a chart: short, an estimate as one, what is not known in words."""
    if number(value) is None:
        return words("not_known", lang)
    return (estimate if basis == "estimate" else short)(value, unit, lang)


def exact(value: object, basis: str, unit: Unit, lang: str) -> str:
    """Write a value as it stands in a hover: in full, but an estimate no finer than it is."""
    return (
        written(value, basis, unit, lang) if basis == "estimate" or number(value) is None else full(value, unit, lang)
    )


def counted(lang: str, **counts: int) -> str:
    """Write the sentences that count something, for what there is any of."""
    return "".join(" " + words(f"count_{key}", lang, count=size) for key, size in counts.items() if size)


@cache
def _row(columns: tuple[str, ...]) -> type[Any]:
    return namedtuple("Row", columns)  # noqa: PYI024 - the fields are known when the rows come


@dataclass(frozen=True)
class Pen:
    """What values are drawn and written with."""

    look: Theme
    lang: str
    unit: Unit

    def written(self, value: object, basis: str = "") -> str:
        """Write a value as it stands in the chart."""
        return written(value, basis, self.unit, self.lang)

    def exact(self, value: object, basis: str = "") -> str:
        """Write a value as it stands in a hover."""
        return exact(value, basis, self.unit, self.lang)


# --- the figure -------------------------------------------------------------------------------------------------------


def figure(traces: Sequence[Spec], look: Theme, lang: str, *, height: float, margin: Spec, **layout: Any) -> go.Figure:
    """Return a figure in the house's type on no ground of its own, without title and legend."""
    shared = {
        "height": round(height),
        "margin": {"l": NUMBERS, "r": EDGE, "t": 12, "b": 40, "pad": 0} | margin,
        "font": {"family": look.font, "size": TYPE, "color": look.text},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "separators": plotly_separators(lang),
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": look.surface,
            "bordercolor": look.line,
            "font": {"family": look.font, "size": TYPE, "color": look.text},
            "align": "left",
            "namelength": 0,
        },
        "dragmode": False,
        "barmode": "overlay",
        "template": {},
    }
    # Plotly's own check of every property takes two thirds of the time; a test does it instead.
    return go.Figure({"data": list(traces), "layout": shared | layout}, _validate=False)


def marked(chart: go.Figure, mark: str, look: Theme) -> go.Figure:
    """Lay a quiet diagonal mark across a figure, once every screenful, and return the figure."""
    height: float = chart.layout.height or STANDARD
    times = max(1, round(height / STANDARD))
    notes = [
        note(mark, look, x=0.5, y=(place + 0.5) / times, textangle=-16, xanchor="center", yanchor="middle")
        | {"name": "mark", "opacity": 0.22, "font": {"size": 22, "color": look.quiet}}
        for place in range(times)
    ]
    kept = [one.to_plotly_json() for one in chart.layout.annotations or ()]
    chart.layout.annotations = [*notes, *kept]
    return chart


# --- axes -------------------------------------------------------------------------------------------------------------


def value_axis(low: float, high: float, unit: Unit, lang: str, look: Theme) -> Spec:
    """Return an upright axis of values: round ticks in the reader's language, faint lines, a line at nought."""
    places, names = ticks(low, high, unit, lang)
    grid = {"showgrid": True, "gridcolor": look.line, "gridwidth": 1, "griddash": "solid"}
    return (
        still(look)
        | grid
        | zero(look)
        | {
            "range": [places[0], places[-1]],
            "tickvals": places,
            "ticktext": names,
            "automargin": True,
        }
    )


def bare_axis(low: float, high: float, look: Theme) -> Spec:
    """Return an axis without ticks, for bars that carry their values; a line at nought."""
    return still(look) | zero(look) | {"range": [low, high], "showticklabels": False}


def row_axis(names: Sequence[str], look: Theme, pitch: float) -> Spec:
    """Return the axis of named rows from the top down, a row being so many pixels high."""
    fit = wrapped if pitch >= 2 * LINE else shortened
    return still(look) | {
        "range": [len(names) - 0.5, -0.5],
        "tickvals": list(range(len(names))),
        "ticktext": [fit(name, NAMES - 12) for name in names],
        "tickfont": {"color": look.text, "size": TYPE},
        "automargin": True,
    }


def time_axis(start: date, end: date, lang: str, look: Theme, *, room: float = NARROW) -> Spec:
    """Return an axis of days: years, or quarters with the year below where it changes; `room` pixels at the least."""
    end = max(end, start + timedelta(days=1))
    places, names = quarter_ticks(start, end, lang)
    return still(look) | {
        "type": "date",
        "range": [start.isoformat(), end.isoformat()],
        "tickvals": places,
        "ticktext": _time_words(places, names, room),
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": look.quiet,
        "tickangle": 0,
    }


def still(look: Theme) -> Spec:
    """Return what all axes share: they do not move, and their numbers are quiet."""
    return {
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "ticklabelstandoff": 4,
        "tickfont": {"color": look.quiet, "size": TYPE},
    }


def zero(look: Theme) -> Spec:
    """Return the line at nought of an axis."""
    return {"zeroline": True, "zerolinecolor": look.quiet, "zerolinewidth": 1}


def share_of(when: str, start: date, end: date) -> float:
    """Return where a day lies between two others, 0 to 1."""
    return (date.fromisoformat(when) - start).days / max(1, (end - start).days)


def _time_words(places: Sequence[str], names: Sequence[str], room: float) -> list[str]:
    years = all(place[5:7] == "01" for place in places)
    kept = list(places) if years or len(places) <= LABELLED_TICKS else _every_other(places)
    said = _named(places, names, kept)
    if sum(width(name) + 8 for name in said if name) <= room:
        return said
    return _named(places, names, kept[::2])


def _named(places: Sequence[str], names: Sequence[str], kept: Sequence[str]) -> list[str]:
    """Return the words at the places kept, the year where it changes among these; blank at the others."""
    if all(place[5:7] == "01" for place in kept):
        return [place[:4] if place in kept else "" for place in places]
    new_year = {kept[0]} | {after for before, after in pairwise(kept) if before[:4] != after[:4]}
    return [
        _quarter_words(place, name, new_year) if place in kept else ""
        for place, name in zip(places, names, strict=True)
    ]


def _every_other(places: Sequence[str]) -> list[str]:
    """Return every second place, first quarters among them."""
    first = next((index for index, place in enumerate(places) if place[5:7] == "01"), 0)
    return list(places[first % 2 :: 2])


def _quarter_words(place: str, name: str, new_year: Iterable[str]) -> str:
    quarter, year = name.rsplit(NBSP, 1)
    return f"{quarter}{BREAK}{year}" if place in new_year else quarter


# --- words, lines and keys --------------------------------------------------------------------------------------------


def note(label: str, look: Theme, **where: Any) -> Spec:
    """Return words on the figure, placed in shares of the plot unless told otherwise."""
    return {
        "text": label,
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "align": where.get("xanchor", "left"),
        "borderpad": 0,
        "font": {"size": TYPE, "color": look.text},
        **where,
    }


def rule(look: Theme, *, color: str = "", wide: float = 1, dash: str = "solid", **where: Any) -> Spec:
    """Return a straight line on the figure, below the data, placed in shares of the plot unless told otherwise."""
    line = {"color": color or look.quiet, "width": wide, "dash": dash}
    return {"type": "line", "xref": "paper", "yref": "paper", "layer": "below", "line": line, **where}


def upright(look: Theme, when: str, *, color: str = "", wide: float = 1, dash: str = "solid", up: float = 1) -> Spec:
    """Return a hairline at a day, from the bottom of the plot up."""
    return rule(look, color=color, wide=wide, dash=dash, xref="x", x0=when, x1=when, y0=0, y1=up)


def painted(symbol: str, color: str) -> str:
    """Return a symbol or a word in a colour."""
    return f'<span style="color:{color}">{symbol}</span>'


def key(entries: Sequence[tuple[str, str, str]], look: Theme, *, left: float, above: float = 6) -> tuple[Spec, int]:
    """Return the line of words that explains symbols, from the left edge, and the pixels it takes.

    An entry is symbol, colour, word.
    """
    rows: list[list[tuple[str, str, str]]] = [[]]
    for entry in entries:
        if rows[-1] and sum(width(f"{sign} {name}   ") for sign, _, name in [*rows[-1], entry]) > NARROW:
            rows.append([])
        rows[-1].append(entry)
    drawn = BREAK.join((NBSP * 3).join(f"{painted(s, color)}{NBSP}{name}" for s, color, name in row) for row in rows)
    label = note(drawn, look, x=0, y=1, xanchor="left", yanchor="bottom", xshift=-left, yshift=above)
    return label | {"font": {"size": TYPE, "color": look.quiet}}, lines(drawn) * LINE + 6


def hover(texts: Sequence[str]) -> Spec:
    """Return what a trace says under the pointer."""
    return {"hovertext": list(texts), "hoverinfo": "text"}


def scatter(x: Sequence[object], y: Sequence[object], mode: str, **more: Any) -> Spec:
    """Return a trace of points, lines or words that may stand out over the plot's edge."""
    return {
        "type": "scatter",
        "x": list(x),
        "y": list(y),
        "mode": mode,
        "cliponaxis": False,
        "hoverinfo": "skip",
        **more,
    }


def height_of(rows: int, pitch: float, margin: Spec) -> float:
    """Return the height of a figure with so many rows."""
    return max(1, rows) * pitch + float(margin["t"]) + float(margin["b"])
