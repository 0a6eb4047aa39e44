"""Where in a grid something stands: values, grades of sheets, counts of causes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from impact_analytics.charts.frame import (
    NAMES,
    NARROW,
    Spec,
    counted,
    exact,
    figure,
    height_of,
    hover,
    key,
    number,
    records,
    row_axis,
    scatter,
    still,
    word,
    words,
    written,
)
from impact_analytics.charts.labels import BREAK, LINE, lines, width
from impact_analytics.formats import NBSP, PERIOD, UNITS, Unit, period
from impact_analytics.theme import CLEAR, Theme, estimate_marker, not_known_marker, readable_on

PITCH, LOW_PITCH = 30, 26  # px a row
SIDE = 0.98  # of a cell
ANGLE, SLANT = 40, 0.65  # degrees that long column names lean, and the share of their length they then rise
FEW = 4  # columns up to which a share keeps its decimals
DENSE = 8  # columns from which on only the years are named
AXES = {"row": "origin", "column": "nature"}
STATUSES = ("late", "watch", "not_known", "on_track", "not_started", "ended", "withdrawn")
COUNT = UNITS["count"]


def heat(rows: pd.DataFrame, look: Theme, lang: str, *, unit: Unit, maximum: float | None = None) -> go.Figure:
    """Draw a value a cell, one row a cell in the order of drawing; columns row_id, row, column_id, column,
    value, basis.

    A cell carries [row_id, column_id] as customdata. None is hatched with the word, an estimate is an outline; a pair
    that is not among the rows stays blank.
    """
    down, across = _order(rows, "row"), _order(rows, "column")
    cells = [(list(across).index(c.column_id), list(down).index(c.row_id), c) for c in records(rows)]
    room = (NARROW - NAMES - 8) / max(1, len(across))
    names = _column_names(across, room, lang)
    lean = max(map(width, names), default=0) > room + 8
    high = SLANT * max(map(width, names), default=0) + LINE if lean else LINE * max(map(lines, names), default=1)
    margin = {"l": NAMES, "r": 8, "t": high + 8, "b": 4}
    unit_in_cells = replace(unit, decimals=0) if unit.symbol == "%" and len(across) > FEW else unit
    traces = _heat_cells(cells, look, lang, unit, maximum)
    return figure(
        [*traces, _words_in_cells(cells, look, lang, unit_in_cells, _fills(cells, look, maximum))],
        look,
        lang,
        height=height_of(len(down), PITCH, margin),
        margin=margin,
        xaxis=_column_axis(names, look) | {"tickangle": ANGLE if lean else 0},
        yaxis=row_axis(list(down.values()), look, PITCH),
    )


def heat_alt(rows: pd.DataFrame, lang: str, *, unit: Unit) -> str:
    """Say the size of the grid, its highest and lowest cell, and what is not known."""
    cells = records(rows)
    said = words("heat", lang, rows=rows["row_id"].nunique(), columns=rows["column_id"].nunique())
    firm = [(value, c) for c in cells if (value := number(c.value)) is not None and c.basis != "estimate"]
    if firm:
        top, low = (choose(firm, key=lambda pair: pair[0])[1] for choose in (max, min))
        ends = {"top": _name(top), "low": _name(low)}
        values = {"top_value": written(top.value, "", unit, lang), "low_value": written(low.value, "", unit, lang)}
        said += " " + words("extremes", lang, **ends, **values)
    unknown = sum(number(c.value) is None for c in cells)
    return said + counted(lang, estimates=len(cells) - unknown - len(firm), not_known=unknown)


def statuses(rows: pd.DataFrame, look: Theme, lang: str) -> go.Figure:
    """Draw a sign and a colour a status, projects down and periods across; columns id, label, period_id, grade.

    `grade` is one of STATUSES; a cell carries [period_id]. Only those that occur are explained above.
    """
    down = dict(zip(rows["id"], rows["label"], strict=True))
    periods = sorted(set(rows["period_id"]))
    names, styles = _period_names(periods, lang), _styles(look)
    found = [grade for grade in STATUSES if rows["grade"].eq(grade).any()]
    signs = [(styles[grade][0], styles[grade][1], words(f"status_{grade}", lang)) for grade in found]
    label, top = key(signs, look, left=NAMES)
    head = LINE * max(map(lines, names), default=1) + 6
    margin = {"l": NAMES, "r": 8, "t": top + head, "b": 4}
    across, lanes = ({name: place for place, name in enumerate(some)} for some in (periods, down))
    cells = [(across[row.period_id], lanes[row.id], row) for row in records(rows)]
    return figure(
        [_status([cell for cell in cells if cell[2].grade == grade], styles[grade], lang) for grade in found],
        look,
        lang,
        height=height_of(len(down), LOW_PITCH, margin),
        margin=margin,
        xaxis=_column_axis(names, look),
        yaxis=row_axis(list(down.values()), look, LOW_PITCH),
        annotations=[label | {"yshift": head}],
    )


def statuses_alt(rows: pd.DataFrame, lang: str) -> str:
    """Say how many projects had each status in the first period and in the last."""
    periods = sorted(set(rows["period_id"]))
    ends = {"first": periods[0], "last": periods[-1]}
    told = {name: _status_counts(rows.loc[rows["period_id"] == one, "grade"], lang) for name, one in ends.items()}
    when = {f"{name}_period": period(one, lang) for name, one in ends.items()}
    return words("statuses", lang, rows=rows["id"].nunique(), columns=len(periods), **told, **when)


def causes(rows: pd.DataFrame, look: Theme, lang: str) -> go.Figure:
    """Draw how many causes there are of each origin and nature; columns origin, nature (as they are written), value.

    An origin or nature of None is one that was not coded, counted in a row and column of its own. A cell carries what
    `origin_id` and `nature_id` say, where the rows have them, else the words.
    """
    return heat(_coded(rows, lang), look, lang, unit=COUNT)


def causes_alt(rows: pd.DataFrame, lang: str) -> str:
    """Say how many causes there are, the commonest pair, and how many are not coded."""
    counts: list[float] = [number(value) or 0.0 for value in rows["value"]]
    coded, largest = _coded(rows, lang), float(max(counts, default=0.0))
    gone = sum(n for n, *pair in zip(counts, rows["origin"], rows["nature"], strict=True) if not all(map(word, pair)))
    said = words("causes", lang, count=round(sum(counts)))
    if largest:
        top = records(coded)[counts.index(largest)]
        said += " " + words("commonest", lang, pair=_name(top), count=round(largest))
    return said + counted(lang, not_coded=round(gone))


# --- inside -----------------------------------------------------------------------------------------------------------

Cell = tuple[int, int, Any]
Style = tuple[str, str, str]


def _order(rows: pd.DataFrame, which: str) -> dict[Any, str]:
    return dict(zip(rows[f"{which}_id"].tolist(), map(str, rows[which]), strict=True))


def _name(cell: Any) -> str:
    return f"{cell.row}, {cell.column}"


def _column_axis(names: Sequence[str], look: Theme) -> Spec:
    places = {"range": [-0.5, len(names) - 0.5], "tickvals": list(range(len(names))), "ticktext": list(names)}
    return still(look) | places | {"side": "top", "tickangle": 0}


def _cells(cells: Sequence[Cell], marker: Spec, said: Sequence[str], ids: Sequence[Sequence[str]]) -> Spec:
    return {
        "type": "bar",
        "x": [x for x, _, _ in cells],
        "base": [y - 0.46 for _, y, _ in cells],
        "y": [0.92] * len(cells),
        "width": SIDE,
        "marker": marker,
        "customdata": list(ids),
        **hover(said),
    }


def _heat_cells(cells: Sequence[Cell], look: Theme, lang: str, unit: Unit, maximum: float | None) -> list[Spec]:
    unknown = [cell for cell in cells if number(cell[2].value) is None]
    guessed = [cell for cell in cells if cell[2].basis == "estimate" and cell not in unknown]
    firm = [cell for cell in cells if cell not in unknown and cell not in guessed]
    fills = _fills(cells, look, maximum)
    colors = [fill for fill, cell in zip(fills, cells, strict=True) if cell in firm]
    kinds = [
        (firm, {"color": colors}),
        (guessed, estimate_marker(look.quiet)),
        (unknown, not_known_marker(look) | {"opacity": 0.5}),
    ]
    return [
        _cells(some, marker, [_said(c, lang, unit) for *_, c in some], [[c.row_id, c.column_id] for *_, c in some])
        for some, marker in kinds
        if some
    ]


def _fills(cells: Sequence[Cell], look: Theme, maximum: float | None) -> list[str]:
    """Return the colour of each cell; without a fill for what is estimated or not known."""
    values = [number(cell.value) for *_, cell in cells]
    known = [0.0, *(value for value in values if value is not None)]
    low, high = min(known), maximum or max(known) or 1.0
    steps = look.sequential
    found = []
    for value, (*_, cell) in zip(values, cells, strict=True):
        plain = value is None or cell.basis == "estimate"
        place = int((((value or 0.0) - low) / (high - low)) * len(steps))
        found.append(CLEAR if plain else steps[min(len(steps) - 1, max(0, place))])
    return found


def _words_in_cells(cells: Sequence[Cell], look: Theme, lang: str, unit: Unit, fills: Sequence[str]) -> Spec:
    inks = [look.text if fill == CLEAR else readable_on(fill, look) for fill in fills]
    few = len({x for x, _, _ in cells}) <= FEW
    told = [_short(cell, lang, unit, few=few) for *_, cell in cells]
    x, y = [x for x, _, _ in cells], [y for _, y, _ in cells]
    return scatter(x, y, "text", text=told, textposition="middle center", textfont={"color": inks})


def _short(cell: Any, lang: str, unit: Unit, *, few: bool) -> str:
    if number(cell.value) is None:
        return words("not_known" if few else "not_known_short", lang)
    return written(cell.value, cell.basis, unit, lang)


def _said(cell: Any, lang: str, unit: Unit) -> str:
    return f"<b>{cell.row}</b><br>{cell.column}: {exact(cell.value, cell.basis, unit, lang)}"


def _coded(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    gone = words("not_coded", lang)
    origins, natures = ([word(name) or gone for name in rows[column]] for column in ("origin", "nature"))
    cells = {"row_id": origins, "row": origins, "column_id": natures, "column": natures, "value": list(rows["value"])}
    own = {f"{to}_id": list(rows[f"{of}_id"]) for to, of in AXES.items() if f"{of}_id" in rows}
    return pd.DataFrame(cells | own | {"basis": ""})


def _column_names(across: Mapping[Any, str], room: float, lang: str) -> list[str]:
    """Return the names of columns: of periods short, of others on a line a word where they do not fit."""
    if all(PERIOD.fullmatch(str(column)) for column in across):
        return _period_names(list(map(str, across)), lang)
    broken = [name.replace(" ", BREAK) if width(name) > room else name for name in across.values()]
    return broken if max(map(width, broken), default=0) <= room else list(across.values())


# --- grades -----------------------------------------------------------------------------------------------------------


def _styles(look: Theme) -> Mapping[str, Style]:
    """Return sign, ink and fill of each status; never colour alone."""
    return {
        "late": ("×", look.late_text, look.late_soft),
        "watch": ("!", look.watch_text, look.watch_soft),
        "not_known": ("?", look.quiet, look.page),
        "on_track": ("✓", look.on_track_text, look.on_track_soft),
        "not_started": ("○", look.quiet, look.surface),
        "ended": ("■", look.quiet, look.surface),
        "withdrawn": ("–", look.quiet, look.surface),
    }


def _status(cells: Sequence[Cell], style: Style, lang: str) -> Spec:
    """Return the cells of one status: only what differs from cell to cell is sent; a click asks for the period."""
    sign, ink, fill = style
    when = {row.period_id: period(row.period_id, lang).replace(NBSP, " ") for *_, row in cells}
    said = [when[row.period_id] for *_, row in cells]  # whose it is stands at its row
    status = words(f"status_{cells[0][2].grade}", lang) if cells else ""
    return _cells(cells, {"color": fill}, said, [[row.period_id] for *_, row in cells]) | {
        "hovertemplate": f"%{{hovertext}}<br><b>{status}</b><extra></extra>",
        "texttemplate": f"<b>{sign}</b>",
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"color": ink},
    }


def _status_counts(grades: pd.Series, lang: str) -> str:
    counts = {one: int(grades.eq(one).sum()) for one in STATUSES}
    return "; ".join(f"{words(f'status_{one}', lang)} {count}" for one, count in counts.items() if count)


def _period_names(periods: Sequence[str], lang: str) -> list[str]:
    names = [period(one, lang) for one in periods]
    years = [one[:4] for one in periods]
    new = [place == 0 or years[place] != years[place - 1] for place in range(len(periods))]
    if len(periods) > DENSE:
        return [year if first else "" for year, first in zip(years, new, strict=True)]
    parts = [name.split(NBSP)[0] if NBSP in name else name for name in names]
    return [
        f"{year}{BREAK}{part}" if first and part != year else part
        for part, year, first in zip(parts, years, new, strict=True)
    ]
