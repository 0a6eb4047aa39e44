"""What happened when: acts, terms and legal limits along one lane of time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from impact_analytics.charts.frame import (
    NARROW,
    Spec,
    figure,
    hover,
    iso,
    note,
    painted,
    records,
    rule,
    scatter,
    share_of,
    still,
    word,
    words,
)
from impact_analytics.charts.labels import BREAK, LINE, Flag, flags, width, wrapped
from impact_analytics.formats import short_day
from impact_analytics.theme import Theme

LANE = 34  # px
LEVEL = 2 * LINE + 4  # px a level of labels
FOOT = 6  # px between lane and labels
SIDE = 8  # px left and right of the lane
LABEL = 156  # px a label takes at most
Span = tuple[date, date]

SYMBOLS = {"act": "circle", "term": "diamond", "limit": "square-open"}


def acts(
    rows: pd.DataFrame, look: Theme, lang: str, *, periods: pd.DataFrame, span: Span, as_of: date | None = None
) -> go.Figure:
    """Draw acts above a lane of periods, terms and legal limits below it; columns on, label, kind, note.

    `kind` is act, term or limit. `periods` has start, end, label: the projects' reporting periods. The height follows
    from how many levels the labels need on a telephone.
    """
    start, end = span
    every = [row for row in records(rows) if start.isoformat() <= (iso(row.on) or "") <= end.isoformat()]
    below, above = ([_told(row, look) for row in every if (row.kind == "act") is act] for act in (False, True))
    if as_of and start <= as_of <= end:
        above.append((as_of.isoformat(), words("as_of", lang), look.accent))
    up, high = _labels(above, start, end, look, lang, above=True)
    down, deep = _labels(below, start, end, look, lang, above=False)
    margin = {"l": SIDE, "r": SIDE, "t": high, "b": deep}
    traces = [_periods(periods, look), *(_marks(every, kind, look, lang) for kind in SYMBOLS)]
    return figure(
        traces,
        look,
        lang,
        height=LANE + high + deep,
        margin=margin,
        **_lane(start, end, look),
        shapes=[*(shape for shape, _ in [*up, *down]), *_years(start, end, look)],
        annotations=[*(label for _, label in [*up, *down]), *_year_names(start, end, look)],
    )


def acts_alt(rows: pd.DataFrame, lang: str, *, as_of: date | None = None) -> str:
    """Say every act, term and limit with its day, in order."""
    every = sorted(records(rows), key=lambda row: iso(row.on) or "")
    told = "; ".join(f"{short_day(row.on, 'day', lang)}, {words(str(row.kind), lang)}: {row.label}" for row in every)
    said = words("timeline", lang, told=told)
    return said + (f" {words('as_of', lang)} {short_day(as_of, 'day', lang)}." if as_of else "")


# --- inside -----------------------------------------------------------------------------------------------------------


def _told(row: Any, look: Theme) -> tuple[str, str, str]:
    return iso(row.on) or "", str(row.label), look.text


def _lane(start: date, end: date, look: Theme) -> Spec:
    across = {"type": "date", "range": [start.isoformat(), end.isoformat()], "showticklabels": False}
    return {"xaxis": still(look) | across, "yaxis": still(look) | {"range": [0, 1], "showticklabels": False}}


def _labels(
    told: Sequence[tuple[str, str, str]], start: date, end: date, look: Theme, lang: str, *, above: bool
) -> tuple[list[tuple[Spec, Spec]], float]:
    """Return the poles and words of one side of the lane, and the pixels they take."""
    texts = [_text(when, name, color, lang) for when, name, color in told]
    sizes = [max(width(short_day(when, "day", lang)), width(wrapped(name, LABEL, 1))) for when, name, _ in told]
    placed = flags([share_of(when, start, end) for when, _, _ in told], sizes, NARROW - 2 * SIDE)
    drawn = [
        (_pole(when, color, flag, look, above=above), _note(when, label, flag, look, above=above))
        for (when, _, color), label, flag in zip(told, texts, placed, strict=True)
    ]
    return drawn, FOOT + LEVEL * (1 + max((flag.level for flag in placed), default=-1)) + 4


def _text(when: str, name: str, color: str, lang: str) -> str:
    day, label = short_day(when, "day", lang), wrapped(name, LABEL, 1)
    first, second = (label, day) if name == words("as_of", lang) else (day, label)
    return f"<b>{painted(first, color)}</b>{BREAK}{painted(second, color)}"


def _pole(when: str, color: str, flag: Flag, look: Theme, *, above: bool) -> Spec:
    reach = (FOOT + (flag.level + 1) * LEVEL - 4) / LANE
    here = color == look.accent  # the as-of day goes through the lane
    low, high = (0 if here else 1, 1 + reach) if above else (-reach, 0)
    return rule(look, color=color if here else "", wide=1.5 if here else 1, xref="x", x0=when, x1=when, y0=low, y1=high)


def _note(when: str, label: str, flag: Flag, look: Theme, *, above: bool) -> Spec:
    away = FOOT + flag.level * LEVEL
    where = {"y": 1, "yanchor": "bottom", "yshift": away} if above else {"y": 0, "yanchor": "top", "yshift": -away}
    side = 4 if flag.anchor == "left" else -4
    where |= {"xref": "x", "x": when, "xanchor": flag.anchor, "xshift": side, "bgcolor": look.page}
    return note(label, look, **where)


def _periods(periods: pd.DataFrame, look: Theme) -> Spec:
    """Return the lane: a cell a period, named under the pointer."""
    starts = [date.fromisoformat(iso(when) or "") for when in periods["start"]]
    ends = [date.fromisoformat(iso(when) or "") for when in periods["end"]]
    days = [(end - begin).days + 1 for begin, end in zip(starts, ends, strict=True)]
    return {
        "type": "bar",
        "x": [begin.isoformat() for begin in starts],
        "y": [1] * len(starts),
        "width": [size * 86_400_000 for size in days],
        "offset": 0,
        "marker": {"color": look.surface, "line": {"color": look.line, "width": 1}},
        **hover([str(label) for label in periods["label"]]),
    }


def _marks(every: Sequence[Any], kind: str, look: Theme, lang: str) -> Spec:
    rows = [row for row in every if row.kind == kind]
    height = 1 if kind == "act" else 0
    shape = {"symbol": SYMBOLS[kind], "size": 9, "color": look.text, "line": {"color": look.text, "width": 1.5}}
    return scatter([iso(row.on) for row in rows], [height] * len(rows), "markers", marker=shape) | hover(
        [_said(row, lang) for row in rows]
    )


def _said(row: Any, lang: str) -> str:
    told = word(row.note)
    return f"<b>{short_day(row.on, 'day', lang)}</b><br>{words(str(row.kind), lang)}: {row.label}" + (
        f"<br>{told}" if told else ""
    )


def _years(start: date, end: date, look: Theme) -> list[Spec]:
    firsts = [date(year, 1, 1) for year in range(start.year + 1, end.year + 1)]
    return [
        rule(look, color=look.line, xref="x", x0=f.isoformat(), x1=f.isoformat(), y0=0, y1=1) | {"layer": "above"}
        for f in firsts
    ]


def _year_names(start: date, end: date, look: Theme) -> list[Spec]:
    spans = [(max(start, date(y, 1, 1)), min(end, date(y, 12, 31))) for y in range(start.year, end.year + 1)]
    wide = [(first, last) for first, last in spans if (last - first).days > (end - start).days / 10]
    middles = [(first + (last - first) / 2, first.year) for first, last in wide]
    return [
        note(
            painted(str(year), look.quiet),
            look,
            xref="x",
            x=middle.isoformat(),
            y=0.5,
            xanchor="center",
            yanchor="middle",
        )
        for middle, year in middles
    ]
