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
NUMBERS = ("eur", "count")


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
    yield "heading", heading | line | {"indent": 1}
    yield "heading_right", heading | line | {"align": "right", "indent": 1}
    yield "label", {"bold": True, "bg_color": paper.surface, "indent": 1, **line}
    yield "box", {"bold": True, "font_color": paper.accent, "bottom": 2, "bottom_color": paper.accent}
    yield "legend", {"font_color": paper.quiet}
    yield "step", {"text_wrap": True, "valign": "top"}
    looks = {
        "input": {"bg_color": paper.sequential[0], "border": 1, "border_color": paper.sequential[3], "locked": False},
        "shown": {"bg_color": paper.surface, "font_color": paper.quiet, **line},
        "key": {"font_color": paper.text, **line},
        "total": {"bold": True, "top": 1, "top_color": paper.accent, "bg_color": paper.surface},
    }
    left = {"align": "left", "indent": 1, "num_format": NUMBER_FORMATS["date"]}
    yield "fact_date", {**looks["key"], **left}
    yield "entry_date", {**looks["input"], **left}
    yield "number", {"bold": True, "font_color": paper.accent, "align": "right", "valign": "top"}
    yield "watch", {"bg_color": paper.watch_soft, "font_color": paper.watch_text}
    for look, properties in looks.items():
        for kind, number in NUMBER_FORMATS.items():
            yield f"{look}_{kind}", {**properties, **_set(kind), "num_format": number}


def _set(kind: Kind) -> dict[str, Any]:
    """Return how a kind of value is set in its cell."""
    if kind == "date":
        return {"align": "center"}
    return {"align": "right", "indent": 1} if kind in NUMBERS else {"text_wrap": True, "align": "left", "indent": 1}
