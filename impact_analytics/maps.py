"""Maps of a programme's territories.

The browser fetches the shapes once, from an address of ours; a deck carries only what changes: one colour per area,
looked up by the area's index. There is no base map and no outside host.

Streamlit fades every layer that says `getFillColor` or `getColor` as soon as something is clicked. So these colours
are given to the parts a layer is made of (`_subLayerProps`), where its own triggers are kept too.
"""

import json
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from statistics import quantiles
from typing import Any, Literal
from zlib import crc32

import pydeck as pdk

from impact_analytics import formats, geo
from impact_analytics.formats import Unit
from impact_analytics.geo import Shapes
from impact_analytics.theme import Theme, readable_on, rgb

HEIGHT, WIDTH = 560, 460
LABEL_SIZE, POINT_RADIUS = 14, 4
OUTLINES = {"estimates": 1.5, "selected-halo": 7, "selected": 3}  # pixels
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
QUIET = 70  # of 255, how much is left of the colour of a quiet territory
CLEAR = [0, 0, 0, 0]
INNER = "__source.object.properties"  # where a part finds what its layer calls properties
TOOLTIP = "<b>{name}</b><br>{value}"  # every object that can be hovered has both
VIEW = {"@@type": "MapView", "controller": {"scrollZoom": False, "dragRotate": False, "touchRotate": False}}
# diagonal lines, 32 x 32 pixels
HATCH = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAYAAABzenr0AAAAQklEQVR42u3WMQoAMAgDwPz/03br0K0IFcoJjnIBly"
    "RJHXs73ftRvDKM7wBTePtlz8PD4XA4/D9cH9AH4HA4HD6OL/n6/wHB118UAAAAAElFTkSuQmCC"
)


@dataclass(frozen=True)
class Point:
    """Place a partner on the map."""

    lon: float
    lat: float
    kind: str
    name: str
    value: str = ""
    territory: str = ""


@dataclass(frozen=True)
class Picture:
    """Say what a map shows; territories by key, a value of None is not known."""

    values: Mapping[str, float | None]
    labels: Mapping[str, str]
    breaks: Sequence[float] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    hover: Mapping[str, str] = field(default_factory=dict)
    estimate: frozenset[str] = frozenset()
    not_applied: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()  # left out by the reader's filters: pale, but still there
    selected: str | None = None
    points: Sequence[Point] = ()
    kinds: Sequence[str] = ()


Kind = Literal["class", "estimate", "not_known", "not_applied"]


@dataclass(frozen=True)
class Swatch:
    """Show one entry of a legend; only classes have a label, the others have a word in the texts."""

    kind: Kind
    color: str
    label: str = ""


class Map(pdk.Deck):  # type: ignore[misc]
    """Write a deck as compact JSON, without the copies and the indentation of pydeck."""

    def to_json(self) -> str:
        """Return what the browser draws."""
        view_state = vars(self.initial_view_state)
        deck = {"layers": self.layers, "views": self.views, "mapStyle": self.map_style, "initialViewState": view_state}
        return json.dumps(deck, ensure_ascii=False, separators=(",", ":"))


def choropleth(
    picture: Picture, shapes: Shapes, theme: Theme, address: str, *, width: float = WIDTH, tooltip: str = TOOLTIP
) -> pdk.Deck:
    """Return the map; address is where the browser fetches the shapes, tooltip the HTML of what a hover shows."""
    lon, lat, zoom = geo.view(shapes.bounds, width, HEIGHT)
    estimates = [key for key in shapes.ids if kind(key, picture) == "estimate"]
    layers = [
        areas(picture, shapes, theme, address),
        hatch(picture, shapes, theme, address),
        outlines("estimates", estimates, estimate_color(theme), shapes, address),
        outlines("selected-halo", {picture.selected}, theme.page, shapes, address),
        outlines("selected", {picture.selected}, theme.accent, shapes, address),
        points(picture, theme),
        *labels(picture, shapes, theme),
    ]
    deck = copy(_bare(tooltip, theme))
    deck.layers = layers
    deck.initial_view_state = pdk.ViewState(longitude=round(lon, 4), latitude=round(lat, 4), zoom=round(zoom, 3))
    return deck


@cache
def _bare(tooltip: str, theme: Theme) -> Map:
    """Return a map without layers, to be copied: pydeck looks for Jupyter on the disk each time it makes a deck."""
    style = {"html": tooltip, "style": tooltip_style(theme)}
    return Map(views=[VIEW], map_provider=None, tooltip=style)


def kind(key: str, picture: Picture) -> Kind:
    """Tell how a territory is drawn."""
    if key in picture.not_applied:
        return "not_applied"
    if picture.values.get(key) is None:
        return "not_known"
    return "estimate" if key in picture.estimate else "class"


def fill(key: str, picture: Picture, theme: Theme) -> str:
    """Return the colour a territory is filled with."""
    value = picture.values.get(key)
    match kind(key, picture):
        case "class" if value is not None:
            return scale(theme, len(picture.breaks) + 1)[bisect_right(picture.breaks, value)]
        case "not_known" | "not_applied":
            return theme.surface
        case _:
            return theme.page


def shade(key: str, picture: Picture, theme: Theme) -> list[int]:
    """Return the colour a territory is filled with as the browser takes it, paler where it is quiet."""
    return [*rgb(fill(key, picture, theme)), *([QUIET] if key in picture.quiet else [])]


def scale(theme: Theme, classes: int) -> list[str]:
    """Return one colour per class, evenly out of the sequential ones, without the one nearest to the page."""
    last = len(theme.sequential) - 1
    if classes == 1:
        return [theme.sequential[last // 2]]
    return [theme.sequential[1 + round(number * (last - 1) / (classes - 1))] for number in range(classes)]


def estimate_color(theme: Theme) -> str:
    """Return the colour of the outline of an estimate: of the scale, so that it reads as a value."""
    return theme.sequential[2 * len(theme.sequential) // 3]


def by_index(values: Iterable[Any], row: str = "properties") -> str:
    """Return the expression that looks a value up by an area's index; the parser wants the parentheses."""
    return f"@@=({json.dumps(list(values), separators=(',', ':'))})[{row}.i]"


def part(**props: str) -> dict[str, Any]:
    """Return the properties of a part of a layer, drawn anew when one of them changes."""
    # a trigger is compared, not run: a sum of the expression tells whether it is another one
    return {**props, "updateTriggers": {name: crc32(value.encode()) for name, value in props.items()}}


def areas(picture: Picture, shapes: Shapes, theme: Theme, address: str) -> dict[str, Any]:
    """Return the layer of the filled areas, the one that is clicked."""
    # no autoHighlight: without a graphics card it redraws for a second, longer than deck.gl waits for a click's end
    edges = {"class": theme.page, "estimate": theme.line, "not_known": theme.quiet, "not_applied": theme.line}
    return {
        "@@type": "GeoJsonLayer",
        "id": "areas",
        "data": address,
        "pickable": True,
        "lineWidthUnits": "pixels",
        "getLineWidth": 1,
        "_subLayerProps": {
            "polygons-fill": part(getFillColor=by_index(shade(key, picture, theme) for key in shapes.ids)),
            "polygons-stroke": part(getColor=by_index((rgb(edges[kind(key, picture)]) for key in shapes.ids), INNER)),
        },
    }


def hatch(picture: Picture, shapes: Shapes, theme: Theme, address: str) -> dict[str, Any]:
    """Return the layer that hatches what is not known."""
    lines = [[*rgb(theme.quiet), 150] if kind(key, picture) == "not_known" else CLEAR for key in shapes.ids]
    return {
        "@@type": "GeoJsonLayer",
        "id": "not-known",
        "data": address,
        "stroked": False,
        "extensions": [{"@@type": "FillStyleExtension", "pattern": True}],
        "fillPatternAtlas": HATCH,
        "fillPatternMapping": {"hatch": {"x": 0, "y": 0, "width": 32, "height": 32, "mask": True}},
        "getFillPattern": "@@='hatch'",
        "getFillPatternScale": 1500,
        "_subLayerProps": {"polygons-fill": part(getFillColor=by_index(lines))},
    }


def outlines(id: str, keys: Iterable[str | None], color: str, shapes: Shapes, address: str) -> dict[str, Any]:
    """Return the layer that outlines some areas above all borders."""
    chosen = set(keys)
    colors = [[*rgb(color), 255] if key in chosen else CLEAR for key in shapes.ids]
    return {
        "@@type": "GeoJsonLayer",
        "id": id,
        "data": address,
        "filled": False,
        "lineWidthUnits": "pixels",
        "getLineWidth": OUTLINES[id],
        "lineJointRounded": True,
        "_subLayerProps": {"polygons-stroke": part(getColor=by_index(colors, INNER))},
    }


def labels(picture: Picture, shapes: Shapes, theme: Theme) -> list[dict[str, Any]]:
    """Return the layers of the written values: dark on light areas, light on dark ones, each with a halo."""
    found: list[dict[str, Any]] = []
    for color, halo in ((theme.text, theme.page), (theme.page, theme.text)):
        keys = [key for key in shapes.ids if readable_on(fill(key, picture, theme), theme) == color]
        data = [label(key, picture, shapes) for key in keys if picture.labels.get(key)]
        found.append(text(f"labels-{len(found)}", data, color, halo, theme))
    return found


def label(key: str, picture: Picture, shapes: Shapes) -> dict[str, Any]:
    """Return one written value and what hovering it says."""
    words = picture.labels[key]
    name, value = picture.names.get(key, key), picture.hover.get(key, words)
    return {"at": shapes.labels[key], "text": words, "territory": key, "name": name, "value": value}


def text(id: str, data: Sequence[Mapping[str, Any]], color: str, halo: str, theme: Theme) -> dict[str, Any]:
    """Return a layer of texts with a halo."""
    return {
        "@@type": "TextLayer",
        "id": id,
        "data": data,
        "pickable": True,
        "getPosition": "@@=at",
        "getText": "@@=text",
        "getSize": LABEL_SIZE,
        "fontFamily": theme.font,
        "fontWeight": 600,
        "fontSettings": {"sdf": True, "fontSize": 48, "buffer": 8, "radius": 14, "smoothing": 0.15},
        "characterSet": "".join(sorted({character for one in data for character in one["text"]})) or " ",
        "outlineWidth": 3,
        "outlineColor": [*rgb(halo), 230],
        "_subLayerProps": {"characters": {"getColor": [*rgb(color), 255]}},
    }


def points(picture: Picture, theme: Theme) -> dict[str, Any]:
    """Return the layer of the partners, coloured by kind; those in one place stand around it."""
    before: Counter[tuple[float, float]] = Counter()
    features = []
    for point in picture.points:
        place = (point.lon, point.lat)
        features.append(dot(point, picture.kinds.index(point.kind), before[place]))
        before[place] += 1
    colors = json.dumps([rgb(theme.series[number % len(theme.series)]) for number in range(len(picture.kinds))])
    inner = part(getFillColor=f"@@=({colors})[properties.kind]", getPixelOffset=f"@@={INNER}.beside || [0,0]")
    return {
        "@@type": "GeoJsonLayer",
        "id": "points",
        "data": features,
        "pickable": True,
        "pointRadiusUnits": "pixels",
        "getPointRadius": POINT_RADIUS,
        "lineWidthUnits": "pixels",
        "getLineWidth": 1,
        "getLineColor": rgb(theme.page),
        "_subLayerProps": {"points-circle": inner},
    }


def dot(point: Point, kind: int, nth: int) -> dict[str, Any]:
    """Return a partner as a GeoJSON point, beside the ones that are in the same place."""
    away, turn = 2 * POINT_RADIUS * math.sqrt(nth), nth * GOLDEN_ANGLE
    beside = {"beside": (round(away * math.cos(turn), 1), round(away * math.sin(turn), 1))} if nth else {}
    properties = {"kind": kind, **beside, "territory": point.territory, "name": point.name, "value": point.value}
    geometry = {"type": "Point", "coordinates": (point.lon, point.lat)}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def picked(event: Mapping[str, Any]) -> str | None:
    """Return the territory a reader clicked on, by its area, its label or a point; None if there is none."""
    for objects in event.get("selection", {}).get("objects", {}).values():
        for found in objects:
            return found.get("territory") or found.get("properties", {}).get("territory") or None
    return None


def breaks(values: Iterable[float | None], classes: int = 5) -> list[float]:
    """Return the round numbers that part values into classes of about the same size; fewer if they repeat."""
    known = sorted(value for value in values if value is not None)
    classes = min(classes, len(set(known)))
    if classes < 2:
        return []
    parts = quantiles(known, n=classes, method="inclusive")
    return [edge for edge in sorted({nice(part) for part in parts}) if known[0] < edge <= known[-1]]


def nice(value: float) -> float:
    """Return a value with two significant digits."""
    return float(f"{value:.2g}")


def legend(picture: Picture, theme: Theme, unit: Unit, lang: str) -> list[Swatch]:
    """Return what the colours mean, from the lowest class up, and the kinds of area that are on the map."""
    drawn = {kind(key, picture) for key in picture.values} | ({"not_applied"} if picture.not_applied else set())
    numbers = [value for key, value in picture.values.items() if value is not None and kind(key, picture) == "class"]
    edges = [min(numbers), *picture.breaks, max(numbers)] if numbers else []
    colors = scale(theme, len(picture.breaks) + 1)
    bare = replace(unit, word="")
    spans = [f"{formats.short(a, bare, lang)} – {formats.short(b, unit, lang)}" for a, b in pairwise(edges)]
    classes = [Swatch("class", color, span) for color, span in zip(colors, spans, strict=False)]
    others: list[tuple[Kind, str]] = [
        ("estimate", estimate_color(theme)),
        ("not_known", theme.quiet),
        ("not_applied", theme.surface),
    ]
    return classes + [Swatch(name, color) for name, color in others if name in drawn]


def tooltip_style(theme: Theme) -> dict[str, str]:
    """Return the CSS of what a hover shows."""
    return {
        "backgroundColor": theme.surface,
        "color": theme.text,
        "border": f"1px solid {theme.line}",
        "borderRadius": "6px",
        "fontFamily": theme.font,
        "fontSize": "13px",
        "padding": "4px 8px",
    }
