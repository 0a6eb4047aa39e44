import dataclasses
import json
import re
from dataclasses import replace

import pytest

from impact_analytics import formats, geo, maps
from impact_analytics.example import country
from impact_analytics.theme import contrast, rgb, theme

ADDRESS = "/areas/any.geojson?v=1"
KEYS = [f"X{number:02}" for number in range(1, 21)]


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    file = tmp_path_factory.mktemp("country") / "areas.geojson"
    file.write_text(json.dumps(country.areas(10)))
    return geo.shapes(file)


@pytest.fixture(params=["light", "dark"])
def look(request):
    return theme(request.param)


@pytest.fixture
def picture():
    values = {key: float(number * 100_000) for number, key in enumerate(KEYS, 1)} | {"X02": None}
    return maps.Picture(
        values=values,
        labels={key: f"{number},5" for number, key in enumerate(KEYS)},
        breaks=maps.breaks(values.values()),
        estimate=frozenset({"X03"}),
        not_applied=frozenset({"X04"}),
        selected="X05",
        points=[
            maps.Point(0.5, 0.25, kind, f"Scuola {kind}", "ruolo", "X06")
            for kind in ("school", "anci")
            for _ in range(75)
        ],
        kinds=["school", "anci"],
    )


def drawn(picture, shapes, look):
    return json.loads(maps.choropleth(picture, shapes, look, ADDRESS).to_json())


def layer(deck, id):
    return next(one for one in deck["layers"] if one["id"] == id)


def looked_up(expression):
    return json.loads(re.fullmatch(r"@@=\((.*)\)\[[\w.]+\]", expression)[1])


def fills(deck):
    return dict(
        zip(KEYS, looked_up(layer(deck, "areas")["_subLayerProps"]["polygons-fill"]["getFillColor"]), strict=True)
    )


def outlined(deck, id):
    colors = looked_up(layer(deck, id)["_subLayerProps"]["polygons-stroke"]["getColor"])
    return {key: color[:3] for key, color in zip(KEYS, colors, strict=True) if color[3]}


def test_a_map_sends_little_and_no_shape(picture, shapes, look):
    sent = maps.choropleth(picture, shapes, look, ADDRESS).to_json()
    assert len(sent.encode()) < 50_000
    assert "MultiPolygon" not in sent
    assert (
        len(maps.choropleth(dataclasses.replace(picture, points=()), shapes, look, ADDRESS).to_json().encode()) < 12_000
    )


def test_a_map_asks_no_outside_host(picture, shapes, look):
    deck = maps.choropleth(picture, shapes, look, ADDRESS)
    assert deck.map_provider is None
    assert not re.search(r"https?:|//|carto|mapbox", deck.to_json().replace("base64,", "").replace(maps.HATCH, ""))
    # where a deck has no style Streamlit draws a base map of its own, and none where it has pydeck's mark
    assert json.loads(deck.to_json())["mapStyle"] == "__MAP_STYLE__"


def test_every_layer_has_an_id_of_its_own(picture, shapes, look):
    ids = [one["id"] for one in drawn(picture, shapes, look)["layers"]]
    assert len(set(ids)) == len(ids)


def test_no_layer_lights_up_under_the_pointer(picture, shapes, look):
    assert not [one["id"] for one in drawn(picture, shapes, look)["layers"] if one.get("autoHighlight")]


def test_no_layer_says_a_colour_where_streamlit_fades_it(picture, shapes, look):
    for one in drawn(picture, shapes, look)["layers"]:
        assert not {"getFillColor", "getColor"} & set(one)


def test_colours_are_drawn_anew_when_they_change_and_only_then(picture, shapes, look):
    before, again = triggers(drawn(picture, shapes, look)), triggers(drawn(picture, shapes, look))
    other = triggers(drawn(replace(picture, values={**picture.values, "X01": picture.values["X20"]}), shapes, look))
    assert before == again
    assert {place for place in before if before[place] != other[place]} == {("areas", "polygons-fill", "getFillColor")}


def triggers(deck):
    """Return what the browser compares, of every part that has a colour of its own."""
    found = {}
    for one in deck["layers"]:
        for name, part in one["_subLayerProps"].items():
            found |= {(one["id"], name, prop): value for prop, value in part.get("updateTriggers", {}).items()}
            assert {prop for prop in part if prop.startswith("get") and str(part[prop]).startswith("@@=")} <= set(
                part.get("updateTriggers", {})
            )
    return found


def test_each_kind_of_area_is_drawn_its_own_way(picture, shapes, look):
    deck = drawn(picture, shapes, look)
    colors = fills(deck)
    assert colors["X20"] == list(rgb(look.sequential[-1]))
    assert colors["X01"] == list(rgb(look.sequential[1]))
    assert colors["X03"] == list(rgb(look.page))
    assert colors["X02"] == colors["X04"] == list(rgb(look.surface))
    hatched = looked_up(layer(deck, "not-known")["_subLayerProps"]["polygons-fill"]["getFillColor"])
    assert [key for key, color in zip(KEYS, hatched, strict=True) if color[3]] == ["X02"]
    assert set(outlined(deck, "estimates")) == {"X03"}
    assert outlined(deck, "selected") == {"X05": list(rgb(look.accent))}


def test_an_area_that_is_not_in_the_values_is_not_known(shapes, look):
    deck = drawn(maps.Picture(values={}, labels={}), shapes, look)
    assert set(map(tuple, fills(deck).values())) == {rgb(look.surface)}


def test_every_value_is_written_once_and_reads_on_its_area(picture, shapes, look):
    deck = drawn(picture, shapes, look)
    written = [(label["territory"], label["text"]) for n in (0, 1) for label in layer(deck, f"labels-{n}")["data"]]
    assert sorted(written) == sorted(picture.labels.items())
    for n in (0, 1):
        one = layer(deck, f"labels-{n}")
        assert set("".join(label["text"] for label in one["data"])) <= set(one["characterSet"])
        assert one["fontFamily"].startswith("'Titillium Web'")
    for key in KEYS:
        fill = maps.fill(key, picture, look)
        assert max(contrast(fill, look.text), contrast(fill, look.page)) >= 3


def test_points_in_one_place_stand_side_by_side_in_the_colour_of_their_kind(picture, shapes, look):
    one = layer(drawn(picture, shapes, look), "points")
    beside = [tuple(point["properties"].get("beside", (0, 0))) for point in one["data"]]
    assert len(set(beside)) == len(beside) == 150
    colors = looked_up(one["_subLayerProps"]["points-circle"]["getFillColor"])
    assert colors == [list(rgb(color)) for color in look.series[:2]]
    assert {point["properties"]["kind"] for point in one["data"]} == {0, 1}


def test_everything_that_can_be_hovered_answers_the_tooltip(picture, shapes, look):
    deck = maps.choropleth(picture, shapes, look, ADDRESS)
    wanted = set(re.findall(r"{(\w+)}", deck._tooltip["html"]))
    found = [label for one in deck.layers if one["@@type"] == "TextLayer" for label in one["data"]]
    found += [point["properties"] for point in layer(drawn(picture, shapes, look), "points")["data"]]
    found += [feature["properties"] for feature in json.loads(geo.payload(shapes, {}))["features"]]
    assert all(wanted <= set(one) for one in found)


@pytest.mark.parametrize(
    ("objects", "territory"),
    [
        ({}, None),
        ({"areas": [{"type": "Feature", "properties": {"territory": "X01", "i": 0}}]}, "X01"),
        ({"labels-0": [{"territory": "X02", "text": "1"}]}, "X02"),
        ({"points": [{"properties": {"territory": "", "name": "Scuola"}}]}, None),
    ],
)
def test_what_a_click_picked(objects, territory):
    assert maps.picked({"selection": {"indices": {}, "objects": objects}}) == territory


def test_breaks_are_round_rising_and_leave_no_class_empty():
    values = [123_456.0, 234_567.0, 1_000_001.0, 1_234_567.0, 2_345_678.0, 9_876_543.0, None]
    edges = maps.breaks(values, 4)
    assert edges == sorted(set(edges))
    assert all(edge == float(f"{edge:.2g}") for edge in edges)
    classes = [sum(value >= edge for edge in edges) for value in values if value is not None]
    assert set(classes) == set(range(len(edges) + 1))


@pytest.mark.parametrize("values", [[], [None], [5.0], [5.0, 5.0]])
def test_there_is_nothing_to_part(values):
    assert maps.breaks(values) == []


def test_the_legend_says_classes_and_the_kinds_on_the_map(picture, look):
    swatches = maps.legend(picture, look, formats.UNITS["eur"], "it")
    classes = [one for one in swatches if one.kind == "class"]
    assert [one.color for one in classes] == maps.scale(look, len(picture.breaks) + 1)
    assert classes[0].label.startswith(formats.short(100_000, formats.UNITS["eur"], "it"))
    assert [one.kind for one in swatches[len(classes) :]] == ["estimate", "not_known", "not_applied"]


def test_a_legend_without_values_has_no_classes(look):
    swatches = maps.legend(maps.Picture(values={"X01": None}, labels={}), look, formats.UNITS["eur"], "en")
    assert [one.kind for one in swatches] == ["not_known"]
