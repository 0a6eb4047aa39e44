import json
import random
from itertools import pairwise

import pytest

from impact_analytics import geo
from impact_analytics.example import country

SEEDS = range(12)


@pytest.fixture(scope="module", params=SEEDS)
def invented(request):
    return country.areas(request.param)


def rings(feature):
    return list(geo.rings(feature["geometry"]))


def crosses(a, b, c, d):
    def turn(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


def test_the_same_seed_gives_the_same_bytes():
    assert json.dumps(country.areas(7)) == json.dumps(country.areas(7))
    assert json.dumps(country.areas(7)) != json.dumps(country.areas(8))


def test_it_has_twenty_small_territories_in_order(invented):
    properties = [feature["properties"] for feature in invented["features"]]
    assert [one["territory"] for one in properties] == [f"X{number:02}" for number in range(1, 21)]
    assert [one["i"] for one in properties] == list(range(20))
    assert len(json.dumps(invented, separators=(",", ":"))) <= 80_000


def test_it_lies_where_a_map_is_drawn_without_distortion(invented):
    assert all(abs(value) < 9 for value in geo.extent(invented["features"]))


def test_territories_share_their_borders_exactly_and_no_line_crosses_another(invented):
    sides = [(tuple(a), tuple(b)) for f in invented["features"] for ring in rings(f) for a, b in pairwise(ring)]
    assert len(set(sides)) == len(sides)
    assert all(a != b for a, b in sides)
    near: dict[tuple[int, int], list] = {}
    for a, b in {tuple(sorted(side)) for side in sides}:
        for cell in {(round(x * 4), round(y * 4)) for x, y in (a, b)}:
            near.setdefault(cell, []).append((a, b))
    assert not [
        1 for found in near.values() for one, two in ((p, q) for p in found for q in found) if crosses(*one, *two)
    ]


def test_the_coast_has_at_least_one_island_and_no_lake(invented):
    sides = {(tuple(a), tuple(b)) for f in invented["features"] for ring in rings(f) for a, b in pairwise(ring)}
    following = {a: b for a, b in sides if (b, a) not in sides}
    coasts = []
    while following:
        ring = [next(iter(following))]
        while (corner := following.pop(ring[-1])) != ring[0]:
            ring.append(corner)
        coasts.append(ring)
    assert len(coasts) >= 2
    assert all(country.turned([*ring, ring[0]]) > 0 for ring in coasts)


def test_territories_are_numbered_from_north_to_south(invented):
    lats = [feature["properties"]["label_lat"] for feature in invented["features"]]
    assert sum(lats[:5]) > sum(lats[-5:])


def test_labels_and_points_lie_in_their_territory(invented):
    for feature in invented["features"]:
        key, place = feature["properties"]["territory"], feature["properties"]
        assert geo.inside(place["label_lon"], place["label_lat"], feature["geometry"])
        found = country.points(invented, key, 5, random.Random(1))
        assert len(found) == 5
        assert all(geo.inside(lon, lat, feature["geometry"]) for lon, lat in found)


def test_points_repeat_with_their_seed():
    invented = country.areas(1)
    one, two = (country.points(invented, "X03", 4, random.Random(5)) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("count", [3, 8, 31])
def test_another_number_of_territories(count):
    assert len(country.areas(2, count)["features"]) == count


def test_own_ids_are_sorted_into_the_index():
    features = country.areas(4, 3, ["N", "C", "S"])["features"]
    assert [(one["properties"]["territory"], one["properties"]["i"]) for one in features] == [
        ("C", 0),
        ("N", 1),
        ("S", 2),
    ]
    lat = {one["properties"]["territory"]: one["properties"]["label_lat"] for one in features}
    assert lat["N"] > lat["S"]


def test_too_few_ids_are_refused():
    with pytest.raises(ValueError, match="3 different ids"):
        country.areas(1, 3, ["A", "B", "B"])
