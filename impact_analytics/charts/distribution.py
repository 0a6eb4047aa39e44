"""How a whole is spread over states."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from impact_analytics.charts.frame import (
    NAMES,
    Spec,
    bare_axis,
    figure,
    height_of,
    hover,
    key,
    note,
    number,
    painted,
    records,
    row_axis,
    word,
    words,
)
from impact_analytics.charts.labels import width
from impact_analytics.formats import UNITS, full
from impact_analytics.theme import Theme, not_known_marker, readable_on

PITCH = 34  # px a row
ORDER = ("completed", "in_progress", "suspended", "not_started", "not_known")
COUNT, SHARE = UNITS["count"], UNITS["share"]


def states(rows: pd.DataFrame, look: Theme, lang: str) -> go.Figure:
    """Draw the states of each line as parts of one bar, with their counts; columns id, label, state, value.

    `state` is completed, in_progress, suspended, not_started, or None for not known.
    """
    lines = dict(zip(rows["id"], rows["label"], strict=True))
    counts = _counts(rows)
    shown = [state for state in ORDER if any(where[1] == state for where in counts)]
    entries = [_entry(state, look, lang) for state in shown]
    label, top = key(entries, look, left=NAMES)
    ends = [full(total, COUNT, lang) for total in _totals(lines, counts).values()]
    margin = {"l": NAMES, "r": max(map(width, ends), default=0) + 14, "t": top + 6, "b": 4}
    column = [
        note(painted(end, look.quiet), look, x=1, y=place, yref="y", xanchor="right", xshift=margin["r"] - 4)
        for place, end in enumerate(ends)
    ]
    return figure(
        [_state(state, lines, counts, look, lang) for state in shown],
        look,
        lang,
        height=height_of(len(lines), PITCH, margin),
        margin=margin,
        barmode="stack",
        xaxis=bare_axis(0, 1, look) | {"zeroline": False},
        yaxis=row_axis(list(lines.values()), look, PITCH),
        annotations=[label, *column],
        uniformtext={"mode": "hide", "minsize": 12},
    )


def states_alt(rows: pd.DataFrame, lang: str) -> str:
    """Say the counts of every line."""
    counts = _counts(rows)
    told = []
    for line, label in dict(zip(rows["id"], rows["label"], strict=True)).items():
        parts = [f"{words(s, lang)} {round(counts[line, s])}" for s in ORDER if counts.get((line, s))]
        told.append(f"{label}: {', '.join(parts) or words('not_known', lang)}.")
    return " ".join([words("states", lang), *told])


# --- inside -----------------------------------------------------------------------------------------------------------


def _counts(rows: pd.DataFrame) -> dict[tuple[Any, str], float]:
    counts: dict[tuple[Any, str], float] = {}
    for row in records(rows):
        where = (row.id, word(row.state) or "not_known")
        counts[where] = counts.get(where, 0) + (number(row.value) or 0)
    return counts


def _fills(look: Theme) -> dict[str, str]:
    return {
        "completed": look.sequential[8],
        "in_progress": look.sequential[4],
        "suspended": look.watch,
        "not_started": look.surface,
        "not_known": look.quiet,
    }


def _entry(state: str, look: Theme, lang: str) -> tuple[str, str, str]:
    sign = {"not_started": "□", "not_known": "▨"}.get(state, "■")
    return sign, look.quiet if state == "not_started" else _fills(look)[state], words(state, lang)


def _totals(lines: dict[Any, str], counts: dict[tuple[Any, str], float]) -> dict[Any, float]:
    return {line: sum(count for (owner, _), count in counts.items() if owner == line) for line in lines}


def _state(state: str, lines: dict[Any, str], counts: dict[tuple[Any, str], float], look: Theme, lang: str) -> Spec:
    values, totals = [counts.get((line, state), 0) for line in lines], _totals(lines, counts)
    fill = _fills(look)[state]
    outline = {"color": look.quiet if state == "not_started" else look.page, "width": 1}
    said = [_said(label, state, n, totals[line], lang) for (line, label), n in zip(lines.items(), values, strict=True)]
    return {
        "type": "bar",
        "orientation": "h",
        "x": [value / (totals[line] or 1) for line, value in zip(lines, values, strict=True)],
        "y": list(range(len(lines))),
        "width": 0.78,
        "marker": not_known_marker(look) if state == "not_known" else {"color": fill, "line": outline},
        "text": [full(value, COUNT, lang) if value else "" for value in values],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"color": look.text if state == "not_known" else readable_on(fill, look)},
        "customdata": [[line, state] for line in lines],
        **hover(said),
    }


def _said(label: str, state: str, value: float, total: float, lang: str) -> str:
    share = full(value / total, SHARE, lang) if total else ""
    return f"<b>{label}</b><br>{words(state, lang)}: {full(value, COUNT, lang)} ({share})"
