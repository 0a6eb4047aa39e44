"""The colours: told apart by everyone, readable, and named in one place."""

import re
import tomllib
from itertools import combinations

import numpy as np
import pytest
from streamlit import config

from impact_analytics import theme as colours
from impact_analytics.settings import CONFIG, PACKAGE, PAGES, STATIC
from impact_analytics.theme import contrast, rgb, theme

THEMES = ("light", "dark")
LINES = 4
APART = 25
HEX = re.compile(r"(?<![&\w])#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
SOURCES = (".py", ".toml", ".sql", ".css", ".js", ".html", ".json")

# Machado, Oliveira, Fernandes 2009, severity 1.0, for linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def lab(color, sight="normal"):
    part = np.array(rgb(color)) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHT[sight]) @ linear, 0, 1)
    ratio = XYZ @ seen / WHITE
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def apart(one, other, sight):
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


def lightness(colors):
    return [float(lab(color)[0]) for color in colors]


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("name", THEMES)
def test_eight_lines_are_told_apart_by_everyone(name, sight):
    series = theme(name).series
    assert len(series) == 2 * LINES
    for one, other in combinations(series, 2):
        assert apart(one, other, sight) >= APART, (one, other)


@pytest.mark.parametrize("name", THEMES)
def test_lines_stand_out_from_page_and_surface(name):
    look = theme(name)
    for color in (*look.series, look.on_track, look.watch, look.late, look.accent):
        assert min(contrast(color, look.page), contrast(color, look.surface)) >= 3, color


@pytest.mark.parametrize("name", THEMES)
def test_text_is_readable(name):
    look = theme(name)
    for color in (look.text, look.quiet, look.accent, look.on_track_text, look.watch_text, look.late_text):
        assert min(contrast(color, look.page), contrast(color, look.surface)) >= 4.5, color
    for status in ("on_track", "watch", "late"):
        assert contrast(getattr(look, f"{status}_text"), getattr(look, f"{status}_soft")) >= 4.5, status


def test_dark_lines_keep_the_hue_of_the_light_ones_and_are_lighter():
    for light, dark in zip(theme("light").series[:LINES], theme("dark").series[:LINES], strict=True):
        (before, *one), (after, *other) = lab(light), lab(dark)
        turn = np.degrees(np.arctan2(one[1], one[0]) - np.arctan2(other[1], other[0]))
        assert abs((turn + 180) % 360 - 180) <= 12, (light, dark)
        assert after > before, (light, dark)


@pytest.mark.parametrize("name", THEMES)
def test_sequential_is_even_in_lightness(name):
    steps = np.diff(lightness(theme(name).sequential))
    assert len(steps) == 9
    assert np.ptp(steps) < 0.5


@pytest.mark.parametrize("name", THEMES)
def test_diverging_mirrors_around_its_middle(name):
    values = lightness(theme(name).diverging)
    assert len(values) == 10
    outwards = 1 if name == "dark" else -1
    for side in (values[4::-1], values[5:]):
        assert all(outwards * step > 0 for step in np.diff(side))
    assert all(abs(left - right) < 6 for left, right in zip(values, values[::-1], strict=True))


def options(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from options(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def test_streamlit_knows_every_option():
    known = config.get_config_options()
    assert [key for key in options(tomllib.loads(CONFIG.read_text("utf-8"))) if key not in known] == []


def test_both_themes_set_the_same_options():
    table = tomllib.loads(CONFIG.read_text("utf-8"))["theme"]
    assert list(options(table["light"])) == list(options(table["dark"]))


def test_every_font_is_here_with_its_licence():
    faces = tomllib.loads(CONFIG.read_text("utf-8"))["theme"]["fontFaces"]
    files = {STATIC / face["url"].removeprefix("app/static/") for face in faces}
    assert files == set(STATIC.glob("*.woff2"))
    assert "SIL Open Font License" in (STATIC / "titillium-web-OFL.txt").read_text("utf-8")


def test_colours_are_named_in_one_place():
    files = [path for folder in (PACKAGE, PAGES) for path in folder.rglob("*") if path.suffix in SOURCES]
    assert files
    named = [f"{path.name}: {color}" for path in files for color in HEX.findall(path.read_text("utf-8"))]
    assert named == []


def test_the_mark_has_the_colours_of_the_light_theme():
    look = theme("light")
    assert set(HEX.findall((STATIC / "favicon.svg").read_text("utf-8"))) == {look.accent, look.page}


def test_contrast_is_that_of_wcag():
    assert contrast("#FFFFFF", "#000000") == contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert rgb("#0E4093") == (14, 64, 147)


@pytest.mark.parametrize("name", THEMES)
def test_marks_after_the_last_colour_have_patterns(name):
    look = theme(name)
    marks = [colours.series_marker(look, place) for place in range(3 * len(look.series))]
    assert len({str(mark) for mark in marks}) == len(marks)
    assert [("pattern" in mark) for mark in marks] == [place >= len(look.series) for place in range(len(marks))]


@pytest.mark.parametrize("name", THEMES)
def test_not_known_and_estimate_are_no_fill(name):
    look = theme(name)
    assert colours.not_known_marker(look)["color"] == look.surface
    assert colours.not_known_marker(look)["pattern"]["shape"] == "/"
    assert colours.estimate_marker(look.accent)["line"]["color"] == look.accent
    assert look.quiet in colours.not_known_css(look)


@pytest.mark.parametrize("name", THEMES)
def test_words_on_any_cell_of_a_heat_map_are_readable(name):
    look = theme(name)
    for fill in (*look.sequential, *look.diverging):
        assert contrast(colours.readable_on(fill, look), fill) >= 4, fill


@pytest.mark.parametrize("name", THEMES)
def test_colour_scales_run_from_0_to_1(name):
    look = theme(name)
    for scale in (look.colorscale, look.diverging_colorscale):
        assert (scale[0][0], scale[-1][0]) == (0, 1)


def test_an_unknown_theme_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="choose light or dark"):
        theme("sepia")
