import json
import math
import os
from itertools import pairwise
from pathlib import Path

import pytest

from impact_analytics import geo
from impact_analytics.i18n import LANGUAGES
from impact_analytics.settings import ROOT

FILES = sorted((ROOT / "data").glob("*/areas.geojson"))
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [1, 3], [3, 3], [3, 1], [1, 1]]],
}


@pytest.fixture(params=FILES, ids=lambda path: path.parent.name)
def path(request):
    return request.param


def collection(key="A", index=0):
    properties = {"territory": key, "i": index, "label_lon": 0.5, "label_lat": 0.5}
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": properties, "geometry": SQUARE}],
    }


def turned(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def polygons(feature):
    return feature["geometry"]["coordinates"]


def test_a_file_of_areas_is_small_and_says_where_it_is_from(path):
    assert path.stat().st_size <= 130_000
    assert geo.shapes(path).attribution


def test_the_index_follows_the_sorted_keys(path):
    ids = geo.shapes(path).ids
    assert list(ids) == sorted(set(ids))


def test_rings_are_closed_and_turn_as_rfc_7946_says(path):
    for feature in geo.shapes(path).features:
        for outer, *holes in polygons(feature):
            assert all(len(ring) >= 4 and ring[0] == ring[-1] for ring in (outer, *holes))
            assert turned(outer) > 0
            assert all(turned(hole) < 0 for hole in holes)


def test_no_point_of_a_ring_is_passed_twice(path):
    for feature in geo.shapes(path).features:
        for ring in geo.rings(feature["geometry"]):
            assert len({tuple(corner) for corner in ring}) == len(ring) - 1


def test_neighbours_share_their_border(path):
    """A side belongs to one area (coast) or, the other way round, to one more: never twice in the same direction."""
    sides = [
        (tuple(a), tuple(b))
        for feature in geo.shapes(path).features
        for ring in geo.rings(feature["geometry"])
        for a, b in pairwise(ring)
    ]
    assert len(set(sides)) == len(sides)
    assert sum((b, a) in set(sides) for a, b in sides[:500]) > 50


def test_a_label_stands_in_its_own_area_and_clear_of_the_others(path):
    shapes = geo.shapes(path)
    _, _, zoom = geo.view(shapes.bounds, 460, 560)
    pixels = 2**zoom * 512 / 360
    for key, (lon, lat) in shapes.labels.items():
        assert geo.territory_at(lon, lat, shapes) == key
        for other, (x, y) in shapes.labels.items():
            near = abs(x - lon) * pixels < 36 and abs(geo.mercator(y) - geo.mercator(lat)) * pixels < 16
            assert other == key or not near, (key, other)


def test_bounds_hold_every_corner(path):
    shapes = geo.shapes(path)
    west, south, east, north = shapes.bounds
    corners = [corner for feature in shapes.features for ring in geo.rings(feature["geometry"]) for corner in ring]
    assert all(west <= lon <= east and south <= lat <= north for lon, lat in corners)


def test_shapes_are_read_again_only_when_the_file_changed(tmp_path):
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps(collection()))
    before = geo.shapes(file)
    assert geo.shapes(file) is before
    file.write_text(json.dumps(collection("B")))
    os.utime(file, ns=(1, 1))
    assert geo.shapes(file).ids == ("B",)
    assert geo.shapes(file).version != before.version


def test_a_programme_without_areas_has_empty_shapes():
    assert not geo.shapes(Path("nowhere") / "areas.geojson")


def test_an_index_with_a_gap_is_refused(tmp_path):
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps(collection(index=1)))
    with pytest.raises(ValueError, match="without gaps"):
        geo.shapes(file)


def test_the_payload_names_each_area_and_leaves_its_value_empty(tmp_path):
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps(collection()))
    sent = json.loads(geo.payload(geo.shapes(file), {"A": "Prato"}))
    assert sent["features"][0]["properties"] | {"name": "Prato", "value": ""} == sent["features"][0]["properties"]


def test_inside_leaves_holes_out():
    assert geo.inside(0.5, 0.5, SQUARE)
    assert not geo.inside(2, 2, SQUARE)
    assert not geo.inside(5, 2, SQUARE)


@pytest.mark.parametrize("lat", [-60.0, 0.0, 41.9])
def test_mercator_reads_back(lat):
    assert geo.latitude(geo.mercator(lat)) == pytest.approx(lat)


@pytest.mark.parametrize(("width", "height"), [(600, 560), (350, 560), (900, 200)])
def test_a_view_fits_the_bounds_exactly_into_one_side(width, height):
    west, south, east, north = bounds = (6.0, 35.0, 19.0, 47.0)
    lon, lat, zoom = geo.view(bounds, width, height, margin=10)
    pixels = 2**zoom * 512 / 360
    used = (east - west) * pixels, (geo.mercator(north) - geo.mercator(south)) * pixels
    assert used[0] <= width - 20 + 1e-6
    assert used[1] <= height - 20 + 1e-6
    assert math.isclose(used[0], width - 20) or math.isclose(used[1], height - 20)
    assert (lon, west < lon < east, south < lat < north) == (12.5, True, True)


@pytest.mark.parametrize("programme", ["impact", "example"])
def test_whose_boundaries_these_are_is_said_in_every_language(programme):
    said = geo.shapes(ROOT / "data" / programme / "areas.geojson").attribution
    assert set(said) == set(LANGUAGES)
    assert len(set(said.values())) == len(LANGUAGES)


def test_a_credit_in_one_language_is_said_in_all(path):
    text = json.dumps({**json.loads(path.read_text(encoding="utf-8")), "attribution": "Ours"})
    assert geo.parsed(text, version="1", where="x").attribution == dict.fromkeys(LANGUAGES, "Ours")
