"""What a whole is made of: the equation total = known + not broken down."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from impact_analytics.charts.frame import (
    NARROW,
    Pen,
    Spec,
    bare_axis,
    counted,
    figure,
    hover,
    note,
    number,
    records,
    rule,
    still,
    words,
    written,
)
from impact_analytics.charts.labels import BREAK, LINE, levels, lines, width, wrapped
from impact_analytics.formats import NBSP, Unit
from impact_analytics.theme import Theme, estimate_marker, not_known_marker

BAR, TOP = 44, 44  # px
ROOM = NARROW - 8


def equation(
    rows: pd.DataFrame, look: Theme, lang: str, *, unit: Unit, total: float | None = None, total_label: str = ""
) -> go.Figure:
    """Draw one bar of parts that make a total; columns id, label, value, basis.

    At most one value may be None: it is what is left of `total`, drawn as not known. Without a total it is the sum.
    """
    pen, (every, sizes, whole) = Pen(look, lang, unit), _parts(rows, total)
    starts = [0.0, *accumulate(sizes)][:-1]
    told = [_words(place, row, size, lang, unit) for place, (row, size) in enumerate(zip(every, sizes, strict=True))]
    places = _places(starts, sizes, told, whole)
    below = max((place["level"] for place in places), default=0) + 1
    deep = LINE * max(map(lines, told), default=1) + 8
    notes = [_label(label, place, deep, look) for label, place in zip(told, places, strict=True)]
    head = f"<b>{written(whole, 'published', unit, lang)}</b> {total_label or words('total', lang)}"
    notes.append(note(head, look, x=0, y=1, xanchor="left", yanchor="bottom", yshift=14))
    margin = {"l": 4, "r": 4, "t": TOP, "b": below * deep + 8}
    return figure(
        [_part(row, start, size, pen) for row, start, size in zip(every, starts, sizes, strict=True)],
        look,
        lang,
        height=BAR + TOP + margin["b"],
        margin=margin,
        xaxis=bare_axis(0, whole, look) | {"zeroline": False},
        yaxis=still(look) | {"range": [-0.5, 0.5], "showticklabels": False},
        annotations=notes,
        shapes=_bracket(look),
    )


def equation_alt(
    rows: pd.DataFrame, lang: str, *, unit: Unit, total: float | None = None, total_label: str = ""
) -> str:
    """Say the equation."""
    every, sizes, whole = _parts(rows, total)
    parts = [f"{row.label} {_value(row, size, lang, unit)}" for row, size in zip(every, sizes, strict=True)]
    label, value = total_label or words("total", lang), written(whole, "published", unit, lang)
    guessed = sum(row.basis == "estimate" for row in every)
    return words("equation", lang, label=label, total=value, parts=" + ".join(parts)) + counted(lang, estimates=guessed)


# --- inside -----------------------------------------------------------------------------------------------------------


def _parts(rows: pd.DataFrame, total: float | None) -> tuple[list[Any], list[float], float]:
    every = records(rows)
    values = [number(row.value) for row in every]
    known = sum(value for value in values if value is not None)
    whole = known if total is None else float(total)
    if values.count(None) > (total is not None):
        raise ValueError("A part without a value needs the total, and only one part can be what is left of it.")
    return every, [max(0.0, whole - known) if value is None else value for value in values], whole


def _part(row: Any, start: float, size: float, pen: Pen) -> Spec:
    marker, said = _marker(row, pen.look), pen.exact(size, row.basis)
    bar = {"type": "bar", "orientation": "h", "x": [size], "base": [start], "y": [0], "width": 1, "cliponaxis": False}
    return bar | {"marker": marker, "customdata": [[row.id]], **hover([f"<b>{row.label}</b><br>{said}"])}


def _marker(row: Any, look: Theme) -> Spec:
    if row.basis == "estimate":
        return estimate_marker(look.accent)
    firm = {"color": look.accent, "line": {"color": look.page, "width": 1.5}}
    return not_known_marker(look) if number(row.value) is None else firm


def _value(row: Any, size: float, lang: str, unit: Unit) -> str:
    return written(size, row.basis, unit, lang)


def _words(place: int, row: Any, size: float, lang: str, unit: Unit) -> str:
    sign = "+" if place else "="
    return f"{sign}{NBSP}{_value(row, size, lang, unit)}{BREAK}{wrapped(str(row.label), ROOM / 2 - 12)}"


def _places(starts: Sequence[float], sizes: Sequence[float], told: Sequence[str], whole: float) -> list[Spec]:
    """Return for each part where its words stand: after its start, or before its end where they would run out."""
    found: list[Spec] = []
    spans = []
    for start, size, label in zip(starts, sizes, told, strict=True):
        at, wide = start / (whole or 1) * ROOM, width(label)
        end = (start + size) / (whole or 1)
        fits = at + wide <= ROOM
        spans.append((at, at + wide) if fits else (end * ROOM - wide, end * ROOM))
        found.append({"x": at / ROOM if fits else end, "xanchor": "left" if fits else "right"})
    return [place | {"level": level} for place, level in zip(found, levels(spans), strict=True)]


def _label(label: str, place: Spec, deep: float, look: Theme) -> Spec:
    value, name = label.split(BREAK, 1)
    where = {"x": place["x"], "xanchor": place["xanchor"], "y": 0, "yanchor": "top"}
    return note(f"<b>{value}</b>{BREAK}{name}", look, **where, yshift=-8 - place["level"] * deep)


def _bracket(look: Theme) -> list[Spec]:
    high, low = 1 + 10 / BAR, 1 + 4 / BAR
    ends = [rule(look, x0=x, x1=x, y0=low, y1=high) for x in (0, 1)]
    return [rule(look, x0=0, x1=1, y0=high, y1=high), *ends]
