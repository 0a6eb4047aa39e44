"""Frames as an Excel workbook: native numbers and days, filters on, and a sheet that says where they come from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pandas as pd
import xlsxwriter

from impact_analytics.formats import MISSING, UNITS
from impact_analytics.frames import records
from impact_analytics.theme import theme

SETTINGS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
# A date is shown as far as it is known.
DAY_FORMATS = {"day": UNITS["date"].excel, "month": "mm/yyyy", "year": "yyyy"}
ISO_LENGTHS = {"day": 10, "month": 7, "year": 4}
NARROWEST, WIDEST = 10, 60  # characters
NAME_ROOM = 31  # characters that Excel allows for the name of a sheet
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f]")  # control characters, which readers of XLSX take differently
CELL_ROOM = 32_767  # characters that Excel allows in a cell


@dataclass(frozen=True)
class Field:
    """A column: that of the frame, its heading, its unit (blank: text), and the column that says how exact a day is.

    `unit_in` names the column that holds each row's own unit, where rows have different ones.
    """

    name: str
    heading: str
    unit: str = ""
    precision: str = ""
    unit_in: str = ""

    def unit_of(self, row: Mapping[Any, Any]) -> str:
        """Return the unit of a row's value; blank for text."""
        return str(row[self.unit_in] or "") if self.unit_in else self.unit

    @property
    def measured(self) -> bool:
        """Say whether the column holds amounts, which stand to the right."""
        return bool(self.unit_in) or self.unit not in ("", "date")


@dataclass(frozen=True)
class Sheet:
    """A frame and the fields of it that are shown, in their order."""

    name: str
    rows: pd.DataFrame
    fields: Sequence[Field]

    @property
    def plain(self) -> pd.DataFrame:
        """Return what is shown as a text file holds it: headings as names, numbers bare, days as far as known."""
        rows = records(self.rows)
        columns = {field.heading: [_plain(row, field) for row in rows] for field in self.fields}
        return pd.DataFrame(columns, dtype=object)


def workbook(sheets: Sequence[Sheet], notes: Sequence[tuple[str, str]], *, notes_name: str, mark: str = "") -> bytes:
    """Return sheets and notes as one file; `mark` becomes a coloured first row of every sheet.

    A note is label and sentence; one without a label goes on with the one before.
    """
    file = BytesIO()
    book = xlsxwriter.Workbook(file, SETTINGS)
    look = _formats(book)
    for sheet in sheets:
        _write_sheet(book.add_worksheet(_name(sheet.name)), sheet, mark, look)
    _write_notes(book.add_worksheet(_name(notes_name)), notes, mark, look)
    book.close()
    return file.getvalue()


def native(value: Any, unit: str) -> str | float | date | None:
    """Return a value as a cell holds it: a number in the unit's own scale, a day, text, or nothing."""
    if value is None or str(value) in MISSING:
        return None
    if unit == "date":
        return date.fromisoformat(str(value)[:10])
    if unit:
        return float(Decimal(str(value)) * UNITS[unit].excel_scale)
    return UNSEEN.sub("", str(value))[:CELL_ROOM]


def _plain(row: Mapping[Any, Any], field: Field) -> Any:
    value, unit = row[field.name], field.unit_of(row)
    if value is None or str(value) in MISSING:
        return None
    if unit == "date":
        return str(value)[: ISO_LENGTHS[row.get(field.precision) or "day"]]
    scale = UNITS[unit].excel_scale if unit else 1
    return value * scale if scale != 1 else value


# --- inside -----------------------------------------------------------------------------------------------------------


def _formats(book: Any) -> Mapping[str, Any]:
    paper = theme("light")
    text = {"text_wrap": True, "valign": "top"}
    plain = {"valign": "top"}
    heading = {"bold": True, "bg_color": paper.surface, "bottom": 1, "bottom_color": paper.line, **text}
    said: dict[str, dict[str, Any]] = {
        "text": text,
        "head": heading,
        "head_right": heading | {"align": "right"},
        "label": {"bold": True, **text},
        "mark": {"bold": True, "bg_color": paper.watch_soft, "font_color": paper.watch_text},
    }
    said |= {f"unit_{id}": plain | {"num_format": unit.excel} for id, unit in UNITS.items()}
    said |= {f"date_{precision}": plain | {"num_format": form} for precision, form in DAY_FORMATS.items()}
    return {name: book.add_format(properties) for name, properties in said.items()}


def _write_sheet(page: Any, sheet: Sheet, mark: str, look: Mapping[str, Any]) -> None:
    top, last = _marked(page, mark, len(sheet.fields), look), len(sheet.fields) - 1
    for column, field in enumerate(sheet.fields):
        right = "head_right" if field.measured else "head"
        page.write_string(top, column, field.heading, look[right])
        page.set_column(column, column, _width(sheet.rows, field))
    for down, row in enumerate(records(sheet.rows), top + 1):
        for column, field in enumerate(sheet.fields):
            _write(page, (down, column), row, field, look)
    page.freeze_panes(top + 1, 1)
    page.autofilter(top, 0, top + max(1, len(sheet.rows)), last)
    page.repeat_rows(0, top)
    _printed(page)


def _write(page: Any, at: tuple[int, int], row: Mapping[Any, Any], field: Field, look: Mapping[str, Any]) -> None:
    unit = field.unit_of(row)
    value = native(row[field.name], unit)
    if value is None:
        return
    if isinstance(value, date):
        page.write_datetime(*at, value, look[f"date_{row.get(field.precision) or 'day'}"])
    elif isinstance(value, float):
        page.write_number(*at, value, look[f"unit_{unit}"])
    else:
        page.write_string(*at, value, look["text"])


def _write_notes(page: Any, notes: Sequence[tuple[str, str]], mark: str, look: Mapping[str, Any]) -> None:
    top = _marked(page, mark, 2, look)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 100)
    for down, (label, sentence) in enumerate(notes, top):
        page.write_string(down, 0, label, look["label"])
        page.write_string(down, 1, sentence[:CELL_ROOM], look["text"])
    _printed(page)


def _marked(page: Any, mark: str, columns: int, look: Mapping[str, Any]) -> int:
    """Write the mark over the first row, and return the row below it."""
    if not mark:
        return 0
    for column in range(max(1, columns)):
        page.write_string(0, column, mark if column == 0 else "", look["mark"])
    return 1


def _printed(page: Any) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)


def _width(rows: pd.DataFrame, field: Field) -> float:
    """Return about how many characters wide a column has to be; longer text wraps."""
    if field.unit or field.unit_in:
        needed = 18 if field.unit_in or field.unit in ("eur", "rate_eur") else 12
    else:
        needed = max([len(str(value)) for value in rows[field.name] if value is not None], default=0) + 2
    words = max(map(len, field.heading.split()), default=0) + 4  # room for the filter's button
    return min(WIDEST, max(NARROWEST, needed, words))


def _name(wanted: str) -> str:
    """Return a name that Excel takes for a sheet."""
    return re.sub(r"[\[\]:*?/\\]", " ", wanted).strip("' ")[:NAME_ROOM] or "1"
