"""The cells of a workbook: values as calamine reads them, and what it does not say: errors and formulas."""

import io
import posixpath
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.parsers import expat

from python_calamine import CalamineError, load_workbook

from impact_analytics.datafiles import Unusable
from impact_analytics.sheets.bounds import archived
from impact_analytics.sheets.form import address
from impact_analytics.sheets.sentences import said

Value = int | float | str | bool | time | date | datetime | timedelta
Place = tuple[int, int]
BUFFER = 1 << 20
MOST_CELLS = 2_000_000  # of the rectangle around all that is written: a reader makes room for every one
BAD_XML = "XML"
LAST_DAY = 2_958_465  # 31/12/9999, as a spreadsheet counts
PLAIN_FORMATS = {*range(14), *range(37, 45), 48, 49}  # built in, and not of days or hours
UNREAD = re.compile(r'"[^"]*"|\\.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)  # of a number format


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
    far: dict[Place, int] = field(default_factory=dict)
    """Numbers that are no day, with the style of their cell."""
    row: int = -1
    column: int = -1
    kind: str = ""
    style: int = 0
    formula: bool = False
    text: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(" ")[2]:
            case "row":
                self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
                self.column = -1
            case "c":
                self.row, self.column = self._at(attributes.get("r"))
                self.kind, self.style = attributes.get("t", "n"), int(attributes.get("s", 0))
                self.formula, self.text = False, None
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
                if self.kind == "n" and self.text and not 0 <= float(self.text) <= LAST_DAY:
                    self.far[self.row, self.column] = self.style
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


def grids(name: str, members: Mapping[str, bytes]) -> list[Grid]:
    """Return the worksheets of a workbook's parts in their order; raise Unusable where the workbook cannot be read."""
    try:
        scans = {title: _scanned(name, title, members[part]) for title, part in _parts(members).items()}
        _judge_days(name, scans, _day_styles(members))
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Unusable(said("error", "damaged", name, reason=BAD_XML)) from error
    try:
        book = load_workbook(io.BytesIO(archived(members)))
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


def _judge_days(name: str, scans: Mapping[str, _Scan], styles: AbstractSet[int]) -> None:
    """Refuse numbers that are shown as days and are none: calamine would panic, which nothing here may catch."""
    for title, scan in scans.items():
        for at, style in scan.far.items():
            if style in styles:
                raise Unusable(said("error", "no_day", name, sheet=title, cell=address(*at)))


def _day_styles(members: Mapping[str, bytes]) -> AbstractSet[int]:
    """Return the styles of cells that show their number as a day or as hours."""
    xml = members.get("xl/styles.xml", b"<none/>")
    own = {int(row["numFmtId"]): UNREAD.sub("", row["formatCode"]) for row in _elements(xml, "numFmt")}
    kinds = [int(row.get("numFmtId", 0)) for row in _elements(xml, "xf", within="cellXfs")]
    return {
        style
        for style, kind in enumerate(kinds)
        if (set(own[kind].lower()) & set("dmyhs") if kind in own else kind not in PLAIN_FORMATS)
    }


def _parts(members: Mapping[str, bytes]) -> dict[str, str]:
    """Return which part of the workbook holds each worksheet, by title, in order."""
    targets = {
        row["Id"]: posixpath.normpath(posixpath.join("/xl", row["Target"])).lstrip("/")
        for row in _elements(members["xl/_rels/workbook.xml.rels"], "Relationship")
    }
    sheets = _elements(members["xl/workbook.xml"], "sheet")
    found = {row["name"]: targets[row["id"]] for row in sheets}
    return {title: part for title, part in found.items() if part.startswith("xl/worksheets/")}


def _elements(xml: bytes, tag: str, within: str = "") -> list[dict[str, str]]:
    """Return the attributes of every element of a name, directly within another if that is named; no namespaces."""
    found: list[dict[str, str]] = []
    around: list[str] = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        bare = name.rpartition(" ")[2]
        if bare == tag and within in ("", around[-1]):
            found.append({key.rpartition(" ")[2]: value for key, value in attributes.items()})
        around.append(bare)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: around.pop()
    parser.Parse(xml, True)  # noqa: FBT003 - expat's own way
    return found
