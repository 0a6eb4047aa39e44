"""How a form looks: cell formats made of the theme's colours and the units' number formats."""

from collections.abc import Iterator, Mapping
from typing import Any

from impact_analytics.formats import UNITS
from impact_analytics.sheets.form import Kind
from impact_analytics.theme import theme

FONT = {"font_name": "Calibri", "font_size": 10, "valign": "vcenter"}
NUMBER_FORMATS: Mapping[Kind, str] = {
    "eur": UNITS["eur"].excel,
    "count": UNITS["count"].excel,
    "date": UNITS["date"].excel,
    "text": "@",
    "long": "@",
    "choice": "@",
}
WRAPPED = ("long", "text", "choice")


def formats(book: Any) -> Mapping[str, Any]:
    """Return the formats of a workbook by name; those of cells are `<look>_<kind>`: input, shown, key, total."""
    return {name: book.add_format(FONT | properties) for name, properties in _properties()}


def _properties() -> Iterator[tuple[str, dict[str, Any]]]:
    paper = theme("light")
    line = {"border": 1, "border_color": paper.line}
    yield "title", {"bold": True, "font_size": 16, "font_color": paper.accent}
    yield "place", {"font_size": 10, "font_color": paper.quiet}
    yield "hint", {"italic": True, "font_color": paper.quiet}
    yield "mark", {"bold": True, "font_size": 11, "bg_color": paper.watch_soft, "font_color": paper.watch_text}
    heading = {"bold": True, "bg_color": paper.accent, "font_color": paper.page, "text_wrap": True}
    yield "heading", heading | line
    yield "heading_right", heading | line | {"align": "right"}
    yield "label", {"bold": True, "bg_color": paper.surface, **line}
    yield "box", {"bold": True, "font_color": paper.accent, "bottom": 2, "bottom_color": paper.accent}
    yield "legend", {"font_color": paper.quiet}
    yield "step", {"text_wrap": True, "valign": "top"}
    yield "number", {"bold": True, "font_color": paper.accent, "align": "right", "valign": "top"}
    yield "watch", {"bg_color": paper.watch_soft, "font_color": paper.watch_text}
    looks = {
        "input": {"bg_color": paper.sequential[0], "border": 1, "border_color": paper.sequential[3], "locked": False},
        "shown": {"bg_color": paper.surface, "font_color": paper.quiet, **line},
        "key": {"font_color": paper.text, **line},
        "total": {"bold": True, "top": 1, "top_color": paper.accent, "bg_color": paper.surface},
    }
    for look, properties in looks.items():
        for kind, number in NUMBER_FORMATS.items():
            wrapped = {"text_wrap": True} if kind in WRAPPED else {}
            yield f"{look}_{kind}", {**properties, **wrapped, "num_format": number}
