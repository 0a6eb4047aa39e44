"""The quarterly form: what a workbook shows, and where; writer and reader both work from what is declared here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from impact_analytics.i18n import LANGUAGES, texts

FORM_VERSION = "1"
REQUIRED = " *"
JOINED = " · "  # between the names of a row
IDS, LISTS = "_ids", "_lists"  # hidden worksheets, the same in every language
TITLE_ROW, PLACE_ROW, MARK_ROW, HINT_ROW, HEADING_ROW, FIRST_ROW = 0, 1, 2, 3, 5, 6  # counted from 0

Kind = Literal["text", "long", "choice", "eur", "count", "date"]
# A key names the row: it stands fast where the row is known, and is filled in where the row is new.
Use = Literal["key", "shown", "input", "worked_out"]
Words = Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """A column of a section, named like that of the contract where it is read."""

    name: str
    kind: Kind
    use: Use
    width: int
    options: str = ""
    required: bool = False

    def taken(self, *, known: bool) -> bool:
        """Say whether a person fills it in, in a row that is known or new."""
        return self.use == "input" or (self.use == "key" and not known)


@dataclass(frozen=True)
class Section:
    """A worksheet with one table: the rows that are known, room for new ones, and totals."""

    id: str
    table: str
    ids: tuple[str, ...]
    columns: tuple[Column, ...]
    spare: int = 0
    totals: bool = False

    @property
    def keys(self) -> tuple[int, ...]:
        """Return the places of the columns that name a row."""
        return tuple(place for place, column in enumerate(self.columns) if column.use == "key")

    @property
    def reported(self) -> bool:
        """Say whether known rows have anything to fill in."""
        return any(column.use == "input" for column in self.columns)

    def place(self, name: str) -> int:
        """Return the place of a column, counted from 0."""
        return next(place for place, column in enumerate(self.columns) if column.name == name)


@dataclass(frozen=True)
class Field:
    """A line of the general data: label and value."""

    name: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Option:
    """A word of a drop-down list: its code, and how it is called in each language."""

    code: str
    names: Words


@dataclass(frozen=True)
class Row:
    """A row of a section as canonical text by column (codes, ISO days, a decimal point); a new one has no ids."""

    ids: tuple[str, ...]
    cells: Mapping[str, str | None]


@dataclass(frozen=True)
class Form:
    """Everything that a project's sheet for a period shows; empty to be filled in, or with the values of a version."""

    programme_id: str
    project_id: str
    period_id: str
    territory: str
    example: bool
    general: Mapping[str, Words]
    lists: Mapping[str, tuple[Option, ...]]
    rows: Mapping[str, tuple[Row, ...]]
    authority: Mapping[str, str | None] = field(default_factory=dict)

    def known(self, section: Section) -> tuple[Row, ...]:
        """Return the rows that stand fast."""
        return tuple(row for row in self.rows.get(section.id, ()) if row.ids)

    def new(self, section: Section) -> tuple[Row, ...]:
        """Return the rows written into the room for new ones."""
        return tuple(row for row in self.rows.get(section.id, ()) if not row.ids)

    def options(self, name: str) -> tuple[Option, ...]:
        """Return the words of a list: the programme's own, or the form's."""
        return self.lists.get(name) or vocabulary(name)


GENERAL = (
    Field("programme"),
    Field("call"),
    Field("project_id"),
    Field("territory"),
    Field("title"),
    Field("prog_code"),
    Field("cup"),
    Field("lead"),
    Field("period"),
    Field("due_on", "date"),
    Field("previous"),
)
AUTHORITY = (Field("received_on", "date"), Field("protocol"), Field("integration_asked_on", "date"))
BOX_ROW = FIRST_ROW + len(GENERAL) + 1
AUTHORITY_ROW = BOX_ROW + 1
VALUE_COLUMN = 1  # of the general data

SECTIONS = {
    section.id: section
    for section in (
        Section(
            "procedural",
            "sheet_procedural",
            ("action_line", "work_package"),
            (
                Column("action_line", "choice", "key", 15, "action_line", required=True),
                Column("work_package", "text", "key", 32, required=True),
                Column("previous_state", "choice", "shown", 14, "state"),
                Column("state", "choice", "input", 14, "state", required=True),
                Column("approved_start_on", "date", "input", 13),
                Column("approved_end_on", "date", "input", 13),
                Column("actual_start_on", "date", "input", 13),
                Column("previous_end_on", "date", "shown", 13),
                Column("expected_end_on", "date", "input", 13),
                Column("deviation", "long", "input", 52),
            ),
            spare=10,
        ),
        Section(
            "causes",
            "sheet_cause",
            (),
            (
                Column("action_line", "choice", "input", 15, "action_line"),
                Column("origin", "choice", "input", 18, "cause_origin"),
                Column("nature", "choice", "input", 18, "cause_nature"),
                Column("sentence", "long", "input", 70, required=True),
                Column("previous_cause", "long", "shown", 60),
            ),
            spare=20,
        ),
        Section(
            "network",
            "sheet_network",
            ("partner_id",),
            (
                Column("partner", "long", "key", 44),
                Column("kind", "choice", "shown", 24, "kind"),
                Column("role", "choice", "shown", 24, "role"),
                Column("previous_active", "choice", "shown", 12, "yes_no"),
                Column("active", "choice", "input", 12, "yes_no", required=True),
                Column("activity", "long", "input", 60),
            ),
        ),
        Section(
            "physical",
            "sheet_physical",
            ("indicator_id",),
            (
                Column("action_line", "choice", "shown", 15, "action_line"),
                Column("indicator_id", "choice", "key", 48, "indicator"),
                Column("unit", "choice", "shown", 16, "unit"),
                Column("target", "count", "shown", 16),
                Column("previous_value", "count", "shown", 16),
                Column("value", "count", "input", 18, required=True),
            ),
        ),
        Section(
            "financial",
            "sheet_financial",
            ("action_line", "cost_category"),
            (
                Column("action_line", "choice", "key", 15, "action_line"),
                Column("cost_category", "choice", "key", 30, "cost_category"),
                Column("budget_eur", "eur", "shown", 19),
                Column("previous_committed_eur", "eur", "shown", 19),
                Column("previous_incurred_eur", "eur", "shown", 19),
                Column("committed_eur", "eur", "input", 19, required=True),
                Column("incurred_eur", "eur", "input", 19, required=True),
                Column("left_eur", "eur", "worked_out", 19),
            ),
            totals=True,
        ),
        Section(
            "changes",
            "change_request",
            ("change_id",),
            (
                Column("kind", "choice", "key", 20, "change_kind", required=True),
                Column("title", "long", "key", 70, required=True),
                Column("requested_on", "date", "key", 15, required=True),
                Column("decided_on", "date", "shown", 15),
                Column("outcome", "choice", "shown", 18, "outcome"),
            ),
            spare=8,
        ),
        Section(
            "items",
            "territory_item",
            ("item_id",),
            (
                Column("kind", "choice", "key", 20, "item_kind", required=True),
                Column("title", "long", "key", 70, required=True),
                Column("on_date", "date", "key", 15),
                Column("url", "text", "key", 48),
            ),
            spare=12,
        ),
    )
}
CLOSED = ("state", "yes_no", "unit", "change_kind", "outcome", "item_kind")


def vocabulary(name: str) -> tuple[Option, ...]:
    """Return a list that is the form's own and not the programme's."""
    named = {lang: texts("sheets", lang)["lists"][name] for lang in LANGUAGES}
    return tuple(Option(code, {lang: named[lang][code] for lang in LANGUAGES}) for code in named[LANGUAGES[0]])


def programme_lists() -> Iterator[str]:
    """Yield the names of the lists that every programme fills itself."""
    asked = {column.options for section in SECTIONS.values() for column in section.columns if column.options}
    yield from sorted(asked.difference(CLOSED))


def called(section: Section, column: Column, lang: str) -> str:
    """Return what a column is called."""
    said: str = texts("sheets", lang)["headings"][section.id][column.name]
    return said


def heading(section: Section, column: Column, lang: str) -> str:
    """Return what stands over a column, marked where it has to be filled in."""
    return f"{called(section, column, lang)}{REQUIRED if column.required else ''}"


def title(id: str, lang: str) -> str:
    """Return the name of a worksheet."""
    said: str = texts("sheets", lang)["titles"][id]
    return said


def address(row: int, column: int) -> str:
    """Return a cell as Excel calls it, from its place counted from 0."""
    return f"{letter(column)}{row + 1}"


def letter(column: int) -> str:
    """Return a column as Excel calls it, from its place counted from 0."""
    name = ""
    number = column + 1
    while number:
        number, digit = divmod(number - 1, 26)
        name = chr(65 + digit) + name
    return name


def file_name(form: Form, lang: str) -> str:
    """Return what a sheet's workbook is called."""
    said = texts("sheets", lang)["file"].format(project=form.project_id, period=form.period_id)
    return f"{texts('sheets', lang)['example_file'] if form.example else ''}{said}.xlsx"
