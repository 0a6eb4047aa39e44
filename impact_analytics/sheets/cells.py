"""The cells of a workbook: values as calamine reads them, and what it does not say: errors and formulas."""

import io
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.parsers import expat

from python_calamine import CalamineError, load_workbook

from impact_analytics.datafiles import Unusable
from impact_analytics.sheets.form import address
from impact_analytics.sheets.sentences import said

Value = int | float | str | bool | time | date | datetime | timedelta
Place = tuple[int, int]
BUFFER = 1 << 20
MOST_CELLS = 2_000_000  # of the rectangle around all that is written: a reader makes room for every one
BAD_XML = "XML"


@dataclass(frozen=True)
class Grid:
    """A worksheet: values from its first cell on, and the places (counted from 0) of errors and formulas."""

    title: str
    rows: Sequence[Sequence[Value]]
    errors: Mapping[Place, str] = field(default_factory=dict)
    formulas: Mapping[Place, bool] = field(default_factory=dict)
    """Whether the value worked out was saved."""

    def value(self, row: int, column: int) -> Value:
        """Return the value of a cell; blank text beyond what is written."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return ""


@dataclass
class _Scan:
    """What one pass over a worksheet's XML has come across."""

    errors: dict[Place, str] = field(default_factory=dict)
    formulas: dict[Place, bool] = field(default_factory=dict)
    most: Place = (0, 0)
    row: int = -1
    column: int = -1
    kind: str = ""
    formula: bool = False
    text: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(" ")[2]:
            case "row":
                self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
                self.column = -1
            case "c":
                self.row, self.column = self._at(attributes.get("r"))
                self.kind, self.formula, self.text = attributes.get("t", ""), False, None
                self.most = max(self.most[0], self.row), max(self.most[1], self.column)
            case "f":
                self.formula = True
            case "v" | "t":
                self.text = ""
            case _:
                pass

    def data(self, text: str) -> None:
        if self.text is not None and len(self.text) < 32:
            self.text += text

    def end(self, tag: str) -> None:
        match tag.rpartition(" ")[2]:
            case "c":
                if self.kind == "e":
                    self.errors[self.row, self.column] = (self.text or "").strip()
                if self.formula:
                    self.formulas[self.row, self.column] = bool((self.text or "").strip())
            case _:
                pass

    def _at(self, reference: str | None) -> Place:
        if reference is None:
            return self.row, self.column + 1
        letters = reference.rstrip("0123456789")
        column = 0
        for letter in letters.upper():
            column = column * 26 + ord(letter) - 64
        return int(reference[len(letters) :]) - 1, column - 1


def grids(name: str, content: bytes, members: Mapping[str, bytes]) -> list[Grid]:
    """Return the worksheets in their order; raise Unusable where the workbook cannot be read."""
    try:
        scans = {title: _scanned(name, title, members[part]) for title, part in _parts(members).items()}
    except (expat.ExpatError, KeyError, ValueError, TypeError) as error:
        raise Unusable(said("error", "damaged", name, reason=BAD_XML)) from error
    try:
        book = load_workbook(io.BytesIO(content))
        return [
            _grid(title, book.get_sheet_by_name(title).to_python(skip_empty_area=False), scan)
            for title, scan in scans.items()
        ]
    except CalamineError as error:
        raise Unusable(said("error", "damaged", name, reason=str(error).partition("\n")[0])) from error


def _grid(title: str, rows: Sequence[Sequence[Value]], scan: _Scan) -> Grid:
    return Grid(title, rows, scan.errors, scan.formulas)


def _scanned(name: str, title: str, xml: bytes) -> _Scan:
    scan = _Scan()
    parser = _parser(scan)
    for start in range(0, len(xml) + 1, BUFFER):
        parser.Parse(xml[start : start + BUFFER], start + BUFFER > len(xml))
        if (scan.most[0] + 1) * (scan.most[1] + 1) > MOST_CELLS:
            raise Unusable(said("error", "wide", name, sheet=title, cell=address(*scan.most)))
    return scan


def _parser(scan: _Scan) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = scan.start, scan.end
    parser.CharacterDataHandler = scan.data
    return parser


def _parts(members: Mapping[str, bytes]) -> dict[str, str]:
    """Return which part of the workbook holds each worksheet, by title, in order."""
    targets = {
        row["Id"]: posixpath.normpath(posixpath.join("/xl", row["Target"])).lstrip("/")
        for row in _elements(members["xl/_rels/workbook.xml.rels"], "Relationship")
    }
    sheets = _elements(members["xl/workbook.xml"], "sheet")
    found = {row["name"]: targets[row["id"]] for row in sheets}
    return {title: part for title, part in found.items() if part.startswith("xl/worksheets/")}


def _elements(xml: bytes, tag: str) -> list[dict[str, str]]:
    """Return the attributes of every element of a name, without their namespaces."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == tag:
            found.append({key.rpartition(" ")[2]: value for key, value in attributes.items()})

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.Parse(xml, True)  # noqa: FBT003 - expat's own way
    return found
