"""The answers of a sheet as parts of a delivery: rows in the columns of the contract."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from impact_analytics.datafiles import Part
from impact_analytics.sheets.form import (
    AUTHORITY,
    AUTHORITY_ROW,
    SECTIONS,
    VALUE_COLUMN,
    Section,
    address,
    letter,
    title,
)

Cells = Mapping[str, str | None]
STANDS_IN = {"partner_id": "partner", "title_it": "title", "title_en": "title"}  # in the workbook
SHEET = ("sheet_id", "project_id", "period_id", "version", "received_on", "protocol", "integration_asked_on")


@dataclass(frozen=True)
class Answer:
    """A row that was filled in: its row in Excel, its ids where it was known, and what it says by column."""

    row: int
    ids: tuple[str, ...]
    cells: Cells


@dataclass(frozen=True)
class Received:
    """A version of a sheet: the file it came in, whose and which it is, and since when it is known."""

    file: str
    lang: str
    project_id: str
    period_id: str
    territory: str
    version: int
    received_on: date

    @property
    def sheet_id(self) -> str:
        """Return its id."""
        return sheet_id(self.project_id, self.period_id, self.version)


def sheet_id(project_id: str, period_id: str, version: int) -> str:
    """Return the id of a version of a sheet."""
    return f"{project_id}-{period_id}-v{version}"


def sheet_part(of: Received, protocol: str, integration_asked_on: str | None) -> Part:
    """Return the row of the sheet itself."""
    named = (of.sheet_id, of.project_id, of.period_id, str(of.version))
    row = (*named, of.received_on.isoformat(), protocol or None, integration_asked_on)
    cells = {known.name: address(place, VALUE_COLUMN) for place, known in enumerate(AUTHORITY, AUTHORITY_ROW)}
    return Part("sheet", of.file, SHEET, ((AUTHORITY_ROW + 1, row),), title("general", of.lang), cells)


def answer_parts(of: Received, answers: Mapping[str, Sequence[Answer]]) -> Iterator[Part]:
    """Yield the rows of every section that has any."""
    for section in SECTIONS.values():
        numbered = enumerate(answers.get(section.id, ()), 1)
        rows = [(answer.row, ROWS[section.id](of, number, answer.cells)) for number, answer in numbered]
        if rows:
            header = tuple(rows[0][1])
            kept = tuple((row, tuple(found.values())) for row, found in rows)
            yield Part(section.table, of.file, header, kept, title(section.id, of.lang), _where(section, header))


def _where(section: Section, header: Sequence[str]) -> dict[str, str]:
    """Return in which column of the worksheet each column of the contract stands."""
    letters = {column.name: letter(place) for place, column in enumerate(section.columns)}
    named = {name: STANDS_IN.get(name, name) for name in header}
    return {name: letters[column] for name, column in named.items() if column in letters}


def _plain(*columns: str) -> Callable[[Received, int, Cells], dict[str, str | None]]:
    def row(of: Received, _number: int, cells: Cells) -> dict[str, str | None]:
        return {"sheet_id": of.sheet_id, **{column: cells.get(column) for column in columns}}

    return row


def _cause(of: Received, number: int, cells: Cells) -> dict[str, str | None]:
    said = {column: cells.get(column) for column in ("action_line", "origin", "nature", "sentence")}
    return {"sheet_id": of.sheet_id, "position": str(number), **said}


def _change(of: Received, number: int, cells: Cells) -> dict[str, str | None]:
    return {
        "change_id": f"{_slug(of.sheet_id)}_c{number}",
        "project_id": of.project_id,
        "kind": cells.get("kind"),
        "title_it": cells.get("title"),
        "title_en": cells.get("title"),
        "requested_on": cells.get("requested_on"),
        "known_from": of.received_on.isoformat(),
    }


def _item(of: Received, number: int, cells: Cells) -> dict[str, str | None]:
    on_date = cells.get("on_date")
    return {
        "item_id": f"{_slug(of.sheet_id)}_i{number}",
        "territory": of.territory,
        "project_id": of.project_id,
        "kind": cells.get("kind"),
        "title_it": cells.get("title"),
        "title_en": cells.get("title"),
        "on_date": on_date,
        "on_precision": "day" if on_date else None,
        "url": cells.get("url"),
        "known_from": of.received_on.isoformat(),
    }


def _slug(id: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", id.lower())


ROWS: Mapping[str, Callable[[Received, int, Cells], dict[str, str | None]]] = {
    "procedural": _plain(
        "action_line",
        "work_package",
        "state",
        "approved_start_on",
        "approved_end_on",
        "actual_start_on",
        "expected_end_on",
        "deviation",
    ),
    "causes": _cause,
    "network": _plain("partner_id", "active", "activity"),
    "physical": _plain("indicator_id", "value"),
    "financial": _plain("action_line", "cost_category", "committed_eur", "incurred_eur"),
    "changes": _change,
    "items": _item,
}
