"""The map of a programme's territories, as any page draws it: shapes from our own address, its legend in words."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics import formats, geo, maps
from impact_analytics.formats import Unit
from impact_analytics.frames import records
from impact_analytics.geo import Shapes
from impact_analytics.i18n import text, texts
from impact_analytics.store import Snapshot
from impact_analytics.theme import Theme, not_known_css
from impact_analytics.ui import markup, page
from impact_analytics.ui.page import View

PRECISIONS: Mapping[str, formats.Precision] = {"day": "day", "month": "month", "year": "year"}
NEARLY = f"≈{formats.NBSP}"
# The shapes the browser keeps say only their id: name and value come from the style below. Labels have theirs.
TOOLTIP = (
    '<b data-word="{name}">{name}</b><span data-word="{value}"><br>{value}</span>'
    '<span class="tip tip-{territory}"></span>'
)


def shapes(snapshot: Snapshot) -> Shapes:
    """Return the areas of a snapshot; empty where the programme has none."""
    return _shapes(snapshot)


@lru_cache(maxsize=8)
def _shapes(snapshot: Snapshot) -> Shapes:
    written = snapshot.note("shapes")
    return geo.parsed(written, version=snapshot.id, where=snapshot.programme_id) if written else Shapes()


def draw(
    view: View,
    key: str,
    rows: pd.DataFrame,
    unit: Unit,
    *,
    title: str,
    selected: str = "",
    points: pd.DataFrame | None = None,
    on_pick: Callable[[str], None] | None = None,
    data: Callable[[], page.Data] | None = None,
    sources: Sequence[tuple[str, str]] = (),
    metrics: Sequence[str] = (),
) -> None:
    """Draw the map of a metric; columns id, label, value, basis, state (withdrawn, not_applied or blank), inside.

    Estimates are outlined, not classed. `points` are bodies: lon, lat, kind, name, role, territory. A click hands over
    the id of the territory.
    """
    drawn, power = picture(view, rows, unit, selected=selected, points=points), magnitude(rows["value"], unit)
    areas = shapes(view.snapshot)
    page.heading(title, page.subtitle(view, text_of(view, f"unit.{unit.id}_{power}")), level=3)
    deck = maps.choropleth(drawn, areas, view.look, address(view), tooltip=TOOLTIP)
    pick: Any = "ignore" if on_pick is None else lambda: picked(key, on_pick)
    with st.container(key=f"{key}_box"):
        st.pydeck_chart(deck, height=maps.HEIGHT, on_select=pick, key=key, alt=alt(view, rows, unit, title))
    st.html(style(view, key, rows, unit) + legend(view, drawn, unit) + named(view, rows) + credit(view, areas))
    page.foot(view, key, title=title, data=data, sources=sources, metrics=metrics)


def address(view: View) -> str:
    """Return where the browser fetches the shapes: an address that never changes what it holds."""
    return f"/areas/{view.snapshot.programme_id}-{view.snapshot.id}.geojson"


def picked(key: str, on_pick: Callable[[str], None]) -> None:
    """Hand over the territory that was clicked; a click beside all, or on the same again, changes nothing."""
    if found := maps.picked(st.session_state[key]):
        on_pick(found)


def text_of(view: View, key: str) -> str:
    """Return one of the map's own words; `a.b` reaches into tables."""
    table, word = key.split(".")
    return str(texts("maps", view.lang)[table][word])


def listed(view: View, names: Sequence[str]) -> str:
    """Return names as a list in words."""
    return formats.listing(names, view.lang)


def dated(view: View, value: object, precision: str, *, long: bool = False) -> str:
    """Write a date as far as it is known, in figures or in words; nothing where there is none."""
    if value is None:
        return ""
    return (formats.day if long else formats.short_day)(value, PRECISIONS[precision], view.lang)


# ---------------------------------------------------------------- what is drawn


def picture(
    view: View, rows: pd.DataFrame, unit: Unit, *, selected: str = "", points: pd.DataFrame | None = None
) -> maps.Picture:
    """Return what the map shows."""
    every = records(rows)
    values = {row["id"]: None if row["value"] is None else float(row["value"]) for row in every}
    estimates = frozenset(row["id"] for row in every if row["basis"] == "estimate")
    firm = [value for id, value in values.items() if id not in estimates]
    power, kinds = magnitude(rows["value"], unit), kinds_of(points, view.look)
    return maps.Picture(
        values=values,
        labels={row["id"]: label(row, unit, power, view.lang) for row in every if row["inside"]},
        breaks=maps.breaks(firm),
        names={row["id"]: markup.escape(row["label"]) for row in every},
        hover={row["id"]: markup.escape(said(view, row, unit)) for row in every},
        estimate=estimates,
        not_applied=frozenset(row["id"] for row in every if row["state"] == "not_applied" and row["value"] is None),
        quiet=frozenset(row["id"] for row in every if not row["inside"]),
        selected=selected or None,
        points=dots(points, kinds),
        kinds=kinds,
    )


def kinds_of(points: pd.DataFrame | None, look: Theme) -> list[str]:
    """Return the kinds of body that have a colour of their own, the commonest first; blank stands for all others."""
    if points is None:
        return []
    counted = [str(kind) for kind, _ in Counter(points["kind"]).most_common()]
    return counted if len(counted) <= len(look.series) else [*counted[: len(look.series) - 1], ""]


def dots(points: pd.DataFrame | None, kinds: Sequence[str]) -> list[maps.Point]:
    """Return bodies as points."""
    if points is None:
        return []
    return [
        maps.Point(
            row["lon"],
            row["lat"],
            row["kind"] if row["kind"] in kinds else "",
            markup.escape(row["name"]),
            markup.escape(row["role"]),
            row["territory"],
        )
        for row in records(points)
    ]


def magnitude(values: Iterable[object], unit: Unit) -> int:
    """Return in which power of ten the labels of a map are written: 6, 3 or 0."""
    largest = max((abs(float(str(value))) for value in values if value is not None), default=0)
    if unit.short_from is None:
        return 0
    return 6 if largest >= 10**6 else 3 if largest >= 10**4 else 0


def label(row: Mapping[Any, Any], unit: Unit, power: int, lang: str) -> str:
    """Write a value as short as a map has room for: what it is counted in stands in the subtitle."""
    if row["value"] is None:
        return text("maps", "not_known_label", lang) if row["state"] != "not_applied" else ""
    value = Decimal(str(row["value"])) * unit.scale / 10**power
    decimals = {6: 2, 3: 0 if abs(value) >= 10 else 1}.get(power, 0)
    nearly = NEARLY if row["basis"] == "estimate" else ""
    return nearly + formats.full(value, Unit("label", decimals), lang)


def said(view: View, row: Mapping[Any, Any], unit: Unit) -> str:
    """Write a value in full as a hover says it, with what became of the territory."""
    if row["value"] is None:
        return text_of(view, "state.not_applied") if row["state"] == "not_applied" else view.app("not_known")
    written = page.written(view, row["value"], unit.id, basis=str(row["basis"]))
    state = str(row["state"])
    return f"{written} · {text_of(view, f'state.{state}')}" if state else written


def alt(view: View, rows: pd.DataFrame, unit: Unit, title: str) -> str:
    """Say what the map shows: what it answers, of how many territories, the largest and the smallest known value."""
    parts = [view.app("example_band") + "."] if view.example else []
    parts += [title, text("maps", "alt", view.lang, count=len(rows))]
    firm = [row for row in records(rows) if row["value"] is not None and row["basis"] != "estimate"]
    if firm:
        top, low = (choose(firm, key=lambda row: float(row["value"])) for choose in (max, min))
        values = {"top_value": said(view, top, unit), "low_value": said(view, low, unit)}
        parts.append(text("charts", "extremes", view.lang, top=top["label"], low=low["label"], **values))
    return " ".join(parts)


# ---------------------------------------------------------------- beside it


def legend(view: View, drawn: maps.Picture, unit: Unit) -> str:
    """Return what colours and points mean, as HTML."""
    entries = [
        (_swatch(one, view.look), one.label or text_of(view, f"legend.{one.kind}"))
        for one in maps.legend(drawn, view.look, unit, view.lang)
    ]
    kinds = {**view.names("kind"), "": text_of(view, "legend.other_kinds")}
    series = view.look.series
    entries += [
        (f"background:{series[number % len(series)]};border-radius:50%;width:10px;height:10px", kinds.get(kind, kind))
        for number, kind in enumerate(drawn.kinds)
    ]
    listed = "".join(f'<span><i style="{css}"></i>{markup.escape(word)}</span>' for css, word in entries)
    return f'<div class="legend">{listed}</div>'


def named(view: View, rows: pd.DataFrame) -> str:
    """Return the names of the territories that did not apply or withdrew, as HTML."""
    parts = []
    every = records(rows)
    for state in ("not_applied", "withdrawn"):
        names = formats.listing([row["label"] for row in every if row["state"] == state], view.lang)
        if names:
            parts.append(text("maps", "named", view.lang, word=text_of(view, f"state.{state}"), names=names))
    return f'<p class="quiet">{markup.escape(" ".join(parts))}</p>' if parts else ""


def credit(view: View, areas: Shapes) -> str:
    """Return whose boundaries these are, as HTML."""
    said = areas.attribution.get(view.lang)
    return f'<p class="quiet">{markup.escape(said)}</p>' if said else ""


def style(view: View, key: str, rows: pd.DataFrame, unit: Unit) -> str:
    """Return the style of a map: what a hover says of an area, the mark of an invented one, and its size on a phone."""
    tips = "".join(
        f'.tip-{row["id"]}::after{{content:"{_css(row["label"])}\\A {_css(said(view, row, unit))}"}}'
        for row in records(rows)
    )
    box = f".st-key-{key}_box"
    # the mark belongs to the frame that fills the screen when a reader asks for it: the box stays behind
    mark = (
        f'{box}{{position:relative}}{box} {SCREEN}::after{{content:"{_css(view.app("example_band"))}";'
        "position:absolute;left:0;top:45%;width:100%;text-align:center;transform:rotate(-30deg);font-size:24px;font-weight:700;opacity:.16;"
        "pointer-events:none;color:var(--ia-text)}"
        if view.example
        else ""
    )
    phone = f"@media (max-width:640px){{{box}{{{SMALLER}}}}}"
    return f"<style>{HOVER}{tips}{mark}{phone}</style>"


SCREEN = '[data-testid="stFullScreenFrame"]'
HOVER = (
    '.tip::after{white-space:pre-line}[data-word="{name}"],[data-word="{value}"]{display:none}'
    'b[data-word]:not([data-word="{name}"])~.tip{display:none}'
)


# a phone sees the same map at three quarters: what was fitted into its width stays whole
SMALLER = (
    f"width:{maps.WIDTH}px!important;min-width:{maps.WIDTH}px;transform:scale(.76);transform-origin:0 0;"
    f"margin-bottom:{-maps.HEIGHT * 24 // 100}px"
)


def _css(words: str) -> str:
    return "".join(f"\\{ord(sign):x} " if sign in '"\\<>&\n' else sign for sign in words)


def _swatch(one: maps.Swatch, look: Theme) -> str:
    match one.kind:
        case "class":
            return f"background:{one.color}"
        case "estimate":
            return f"background:{look.page};border:1.5px solid {one.color}"
        case "not_known":
            return f"background:{not_known_css(look)}"
        case _:
            return f"background:{one.color}"
