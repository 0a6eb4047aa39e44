"""Shapes of a programme's territories: read once, found by key."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from impact_analytics.i18n import LANGUAGES

Bounds = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True)
class Shapes:
    """Hold the areas of one programme; empty where it has none."""

    features: tuple[Mapping[str, Any], ...] = ()
    ids: tuple[str, ...] = ()  # ids[i] is the territory whose feature says i
    labels: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    bounds: Bounds = (0.0, 0.0, 0.0, 0.0)
    attribution: Mapping[str, str] = field(default_factory=dict)  # whose boundaries these are, by language
    version: str = ""  # changes with the file: part of the address a browser remembers it by

    def __bool__(self) -> bool:
        return bool(self.ids)


def shapes(path: Path) -> Shapes:
    """Return the areas of a GeoJSON file, read again only when it changed; empty if there is no such file."""
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return Shapes()
    return read(path, changed)


@lru_cache(maxsize=8)
def read(path: Path, changed: int) -> Shapes:
    """Read a GeoJSON file as it is since the time it changed; raise ValueError if its index has gaps."""
    return parsed(path.read_text(encoding="utf-8"), version=f"{changed:x}", where=str(path))


def parsed(text: str, *, version: str, where: str) -> Shapes:
    """Return the areas of a GeoJSON text; raise ValueError, with where it came from, if its index has gaps."""
    collection = json.loads(text)
    features = tuple(sorted(collection["features"], key=lambda feature: feature["properties"]["i"]))
    properties = [feature["properties"] for feature in features]
    if [one["i"] for one in properties] != list(range(len(features))):
        raise ValueError(f"{where}: the property i of the areas must count 0, 1, 2, … without gaps")
    credit = collection.get("attribution") or {}
    return Shapes(
        features=features,
        ids=tuple(one["territory"] for one in properties),
        labels={one["territory"]: (one["label_lon"], one["label_lat"]) for one in properties},
        bounds=extent(features),
        attribution=credit if isinstance(credit, dict) else dict.fromkeys(LANGUAGES, credit),
        version=version,
    )


def payload(shapes: Shapes, names: Mapping[str, str]) -> bytes:
    """Return the areas as the browser fetches them: each with its name and an empty value, for the tooltip."""
    features = [
        {**feature, "properties": {**feature["properties"], "name": names.get(key, key), "value": ""}}
        for key, feature in zip(shapes.ids, shapes.features, strict=True)
    ]
    collection = {"type": "FeatureCollection", "attribution": dict(shapes.attribution), "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def rings(geometry: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    """Yield every ring of a Polygon or MultiPolygon."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon


def extent(features: Sequence[Mapping[str, Any]]) -> Bounds:
    """Return the box around some features: west, south, east, north."""
    corners = [corner for feature in features for ring in rings(feature["geometry"]) for corner in ring]
    lons, lats = zip(*corners, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def mercator(lat: float) -> float:
    """Return a latitude as Web Mercator draws it, in degrees of longitude at the equator."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def latitude(height: float) -> float:
    """Return the latitude Web Mercator draws at a height: the inverse of mercator."""
    return math.degrees(2 * math.atan(math.exp(math.radians(height))) - math.pi / 2)


def view(bounds: Bounds, width: float, height: float, margin: float = 12) -> tuple[float, float, float]:
    """Return lon, lat and zoom at which bounds fit into width x height pixels."""
    west, south, east, north = bounds
    low, high = mercator(south), mercator(north)
    pixels = min((width - 2 * margin) / (east - west), (height - 2 * margin) / (high - low))
    # deck.gl draws the whole world 512 px wide at zoom 0
    return (west + east) / 2, latitude((low + high) / 2), math.log2(pixels * 360 / 512)


def inside(lon: float, lat: float, geometry: Mapping[str, Any]) -> bool:
    """Tell whether a point lies in a Polygon or MultiPolygon, holes left out (even-odd rule)."""
    crossed = False
    for ring in rings(geometry):
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                crossed = not crossed
    return crossed


def territory_at(lon: float, lat: float, shapes: Shapes) -> str | None:
    """Return the territory a point lies in, None if it lies in none."""
    for key, feature in zip(shapes.ids, shapes.features, strict=True):
        if inside(lon, lat, feature["geometry"]):
            return key
    return None
