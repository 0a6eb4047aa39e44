"""Colours and type: what `.streamlit/config.toml` says, under our own names."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from impact_analytics.settings import CONFIG

Name = Literal["light", "dark"]

CLEAR = "rgba(0,0,0,0)"
PATTERNS = ("/", "x", "-", "|", "+", ".")

# Our name -> the key of Streamlit's that carries it.
TOKENS: Mapping[str, str] = {
    "page": "backgroundColor",
    "surface": "secondaryBackgroundColor",
    "line": "borderColor",
    "text": "textColor",
    "quiet": "grayTextColor",
    "accent": "primaryColor",
    "on_track": "greenColor",
    "on_track_text": "greenTextColor",
    "on_track_soft": "greenBackgroundColor",
    "watch": "orangeColor",
    "watch_text": "orangeTextColor",
    "watch_soft": "orangeBackgroundColor",
    "late": "redColor",
    "late_text": "redTextColor",
    "late_soft": "redBackgroundColor",
}
SCALES: Mapping[str, str] = {
    "series": "chartCategoricalColors",
    "sequential": "chartSequentialColors",
    "diverging": "chartDivergingColors",
}


@dataclass(frozen=True)
class Theme:
    """What a chart, a map, a card and a printed page are drawn with; colours as `#RRGGBB`."""

    name: Name
    font: str
    page: str
    surface: str
    line: str
    text: str
    quiet: str
    accent: str
    on_track: str
    on_track_text: str
    on_track_soft: str
    watch: str
    watch_text: str
    watch_soft: str
    late: str
    late_text: str
    late_soft: str
    series: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]

    @property
    def colorscale(self) -> list[list[float | str]]:
        """Return the sequential colours as Plotly's colour scale."""
        return _colorscale(self.sequential)

    @property
    def diverging_colorscale(self) -> list[list[float | str]]:
        """Return the diverging colours as Plotly's colour scale."""
        return _colorscale(self.diverging)


@cache
def theme(name: Name) -> Theme:
    """Return the light or the dark theme."""
    if name not in ("light", "dark"):
        raise ValueError(f"There is no theme “{name}”: choose light or dark.")
    with CONFIG.open("rb") as file:
        options: dict[str, Any] = tomllib.load(file)["theme"]
    own = options[name]
    tokens = {token: own[key] for token, key in TOKENS.items()}
    scales: dict[str, Any] = {scale: tuple(own[key]) for scale, key in SCALES.items()}
    return Theme(name=name, font=options["font"], **tokens, **scales)


def series_marker(look: Theme, position: int) -> dict[str, Any]:
    """Return Plotly's marker of the series at a position from 0: past the last colour they return under a pattern."""
    again, place = divmod(position, len(look.series))
    color = look.series[place]
    if not again:
        return {"color": color}
    shape = PATTERNS[(again - 1) % len(PATTERNS)]
    return {"color": color, "pattern": {"shape": shape, "fgcolor": look.page, "size": 6, "solidity": 0.3}}


def not_known_marker(look: Theme) -> dict[str, Any]:
    """Return Plotly's marker of what is not known: a diagonal hatch on the surface; the word goes beside it."""
    hatch = {"shape": "/", "fgcolor": look.quiet, "bgcolor": look.surface, "size": 6, "solidity": 0.2}
    return {"color": look.surface, "pattern": hatch, "line": {"color": look.quiet, "width": 1}}


def estimate_marker(color: str) -> dict[str, Any]:
    """Return Plotly's marker of an estimate: an outline without a fill."""
    return {"color": CLEAR, "line": {"color": color, "width": 1.5}}


def not_known_css(look: Theme) -> str:
    """Return the CSS background of what is not known: the hatch of the charts."""
    return f"repeating-linear-gradient(-45deg, {look.quiet} 0 1px, {look.surface} 1px 6px)"


@cache
def rgb(color: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of `#RRGGBB`."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours by WCAG 2: 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@cache
def readable_on(fill: str, look: Theme) -> str:
    """Return the theme's text or page colour, whichever reads better on a fill."""
    return max((look.text, look.page), key=lambda color: contrast(color, fill))


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _colorscale(colors: tuple[str, ...]) -> list[list[float | str]]:
    return [[position / (len(colors) - 1), color] for position, color in enumerate(colors)]
