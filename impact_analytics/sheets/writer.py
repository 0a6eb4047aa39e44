"""A form as an Excel workbook: known values protected, cells to fill in marked, words to choose from lists."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from impact_analytics.i18n import LANGUAGES, text, texts
from impact_analytics.sheets.form import (
    AUTHORITY,
    AUTHORITY_ROW,
    BOX_ROW,
    FIRST_ROW,
    FORM_VERSION,
    GENERAL,
    HEADING_ROW,
    HINT_ROW,
    IDS,
    JOINED,
    LISTS,
    MARK_ROW,
    PLACE_ROW,
    SECTIONS,
    TITLE_ROW,
    VALUE_COLUMN,
    Column,
    Form,
    Kind,
    Row,
    Section,
    address,
    file_name,
    heading,
    letter,
    title,
)
from impact_analytics.sheets.look import formats

SETTINGS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
ALLOWED = {"format_columns": True, "format_rows": True, "select_locked_cells": True, "select_unlocked_cells": True}
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
NUMBERS = ("eur", "count")
LINE_HEIGHT = 14  # points
# What is coloured of a section, and when.
WATCHED = {
    "procedural": ("expected_end_on", '=AND({approved_end_on}<>"",{expected_end_on}>{approved_end_on})'),
    "physical": ("value", '=AND({value}<>"",{value}<{previous_value})'),
    "financial": (
        "incurred_eur",
        '=AND({incurred_eur}<>"",OR({incurred_eur}<{previous_incurred_eur},{incurred_eur}>{budget_eur}))',
    ),
}
ARCHIVED_AT = (1980, 1, 1, 0, 0, 0)  # the same forms make the same archive


@dataclass(frozen=True)
class _Book:
    """A workbook that is being written: its form, language and formats, and where each list stands."""

    form: Form
    lang: str
    book: Any
    look: Mapping[str, Any]

    @property
    def words(self) -> Mapping[str, Any]:
        return texts("sheets", self.lang)

    @property
    def lists(self) -> tuple[str, ...]:
        asked = (column.options for section in SECTIONS.values() for column in section.columns)
        return tuple(dict.fromkeys(name for name in asked if name))


def write(form: Form, lang: str) -> bytes:
    """Return a form as XLSX in a language."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, SETTINGS)
    made = _Book(form, lang, book, formats(book))
    book.set_properties({"title": f"{made.words['document']} {form.project_id} {form.period_id}"})
    _write_general(made)
    _write_instructions(made)
    for section in SECTIONS.values():
        _write_section(made, section)
    _write_lists(made)
    _write_ids(made)
    book.close()
    return file.getvalue()


def zipped(forms: Iterable[Form], lang: str) -> bytes:
    """Return forms as one archive, a workbook each."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for form in forms:
            archive.writestr(zipfile.ZipInfo(file_name(form, lang), ARCHIVED_AT), write(form, lang))
    return file.getvalue()


def seal(rows: Iterable[Sequence[str]]) -> str:
    """Return what the hidden rows add up to, so that an accidental change is noticed."""
    return hashlib.sha256("\n".join("\t".join(row).rstrip("\t") for row in rows).encode()).hexdigest()


# --- worksheets -------------------------------------------------------------------------------------------------------


def _write_general(made: _Book) -> None:
    page = _page(made, "general", 2)
    page.set_column(0, 0, 30)
    page.set_column(VALUE_COLUMN, VALUE_COLUMN, 78)
    for row, field in enumerate(GENERAL, FIRST_ROW):
        page.write_string(row, 0, made.words["fields"][field.name], made.look["label"])
        value = made.form.general.get(field.name, {}).get(made.lang)
        _write_value(
            page, (row, VALUE_COLUMN), value, field.kind, made.look["fact_date" if field.kind == "date" else "key_text"]
        )
        page.set_row(row, 1.4 * LINE_HEIGHT)
    page.write_string(BOX_ROW, 0, made.words["box"], made.look["box"])
    page.write_blank(BOX_ROW, 1, None, made.look["box"])
    for row, field in enumerate(AUTHORITY, AUTHORITY_ROW):
        page.write_string(row, 0, made.words["fields"][field.name], made.look["label"])
        value = made.form.authority.get(field.name)
        _write_value(
            page,
            (row, VALUE_COLUMN),
            value,
            field.kind,
            made.look["entry_date" if field.kind == "date" else "input_text"],
        )
        page.set_row(row, 1.4 * LINE_HEIGHT)
        _validate(made, page, (row, row), VALUE_COLUMN, Column(field.name, field.kind, "input", 0))
    _legend(made, page, AUTHORITY_ROW + len(AUTHORITY) + 1)
    page.activate()
    page.set_first_sheet()


def _write_section(made: _Book, section: Section) -> None:
    page = _page(made, section.id, len(section.columns))
    for place, column in enumerate(section.columns):
        page.set_column(place, place, column.width)
        right = "heading_right" if column.kind in NUMBERS else "heading"
        page.write_string(HEADING_ROW, place, heading(section, column, made.lang), made.look[right])
    page.set_row(HEADING_ROW, 3 * LINE_HEIGHT)
    known = made.form.known(section)
    for row, known_row in enumerate(known, FIRST_ROW):
        _write_row(made, page, section, row, known_row, known=True)
    for row, new_row in enumerate(_room(made.form, section), FIRST_ROW + len(known)):
        _write_row(made, page, section, row, new_row, known=False)
    last = FIRST_ROW + len(known) + section.spare - 1
    for place, column in enumerate(section.columns):
        first = FIRST_ROW if column.taken(known=True) else FIRST_ROW + len(known)
        if column.taken(known=False) and first <= last:
            _validate(made, page, (first, last), place, column)
    if section.totals and known:
        _write_totals(made, page, section, known)
    _watch(made, page, section, len(known))
    page.freeze_panes(FIRST_ROW, max(section.keys, default=0) + 1 if section.reported and section.keys else 0)
    page.repeat_rows(HEADING_ROW)


def _watch(made: _Book, page: Any, section: Section, known: int) -> None:
    """Colour what has to be explained: a late end, expenditure that falls or is above the budget."""
    if section.id not in WATCHED or not known:
        return
    name, condition = WATCHED[section.id]
    at = {column.name: f"${letter(place)}{FIRST_ROW + 1}" for place, column in enumerate(section.columns)}
    place, last = section.place(name), FIRST_ROW + known + section.spare - 1
    rule = {"type": "formula", "criteria": condition.format(**at), "format": made.look["watch"]}
    page.conditional_format(FIRST_ROW, place, last, place, rule)


def _room(form: Form, section: Section) -> list[Row]:
    """Return the new rows, as many as the section has room for; raise ValueError where there are more."""
    new = form.new(section)
    if len(new) > section.spare:
        raise ValueError(f"{section.id}: {len(new)} new rows, and room for {section.spare}.")
    return [*new, *[Row((), {})] * (section.spare - len(new))]


def _write_row(made: _Book, page: Any, section: Section, row: int, shown: Row, *, known: bool) -> None:
    lines = 1
    for place, column in enumerate(section.columns):
        look = "input" if column.taken(known=known) else "key" if column.use == "key" and known else "shown"
        cell = made.look[f"{look}_{'eur' if column.use == 'worked_out' else column.kind}"]
        if column.use == "worked_out":
            _write_left(made, page, section, row, shown)
            continue
        value = _shown(made, column, shown.cells.get(column.name))
        _write_value(page, (row, place), value, column.kind, cell)
        lines = max(lines, -(-len(value or "") // max(1, column.width - 2)))
    page.set_row(row, max(1.4, lines) * LINE_HEIGHT)


def _write_left(made: _Book, page: Any, section: Section, row: int, shown: Row) -> None:
    """Write the budget less the expenditure as a formula with its value."""
    budget, incurred = section.place("budget_eur"), section.place("incurred_eur")
    left = _amount(shown, "budget_eur") - _amount(shown, "incurred_eur")
    formula = f"={address(row, budget)}-{address(row, incurred)}"
    page.write_formula(row, section.place("left_eur"), formula, made.look["shown_eur"], float(left))


def _write_totals(made: _Book, page: Any, section: Section, known: Sequence[Row]) -> None:
    """Write a total for each line and one for all, as formulas with their values."""
    first, last = FIRST_ROW, FIRST_ROW + len(known) - 1
    lines = list(dict.fromkeys(row.cells[section.columns[0].name] or "" for row in known))
    for row, line in enumerate([*lines, ""], last + 1):
        name = _shown(made, section.columns[0], line) if line else ""
        said = made.words["total_of"].format(name=name) if line else made.words["total"]
        page.write_string(row, 0, said, made.look["total_text"])
        page.write_blank(row, 1, None, made.look["total_text"])
        some = [part for part in known if not line or part.cells[section.columns[0].name] == line]
        for place, column in enumerate(section.columns):
            if column.kind == "eur":
                area = f"{address(first, place)}:{address(last, place)}"
                keys = f"{address(first, 0)}:{address(last, 0)}"
                formula = f'=SUMIF({keys},"{_doubled(name or "")}",{area})' if line else f"=SUM({area})"
                page.write_formula(row, place, formula, made.look["total_eur"], _total(some, column))


def _total(rows: Sequence[Row], column: Column) -> float:
    if column.use == "worked_out":
        return float(sum((_amount(row, "budget_eur") - _amount(row, "incurred_eur") for row in rows), Decimal(0)))
    return float(sum((_amount(row, column.name) for row in rows), Decimal(0)))


def _doubled(name: str) -> str:
    return name.replace('"', '""')


def _amount(row: Row, name: str) -> Decimal:
    return Decimal(row.cells.get(name) or 0)


def _write_instructions(made: _Book) -> None:
    page = _page(made, "instructions", 2)
    page.set_column(0, 0, 5)
    page.set_column(1, 1, 120)
    for number, step in enumerate(made.words["steps"].values(), 1):
        page.write_number(FIRST_ROW + number - 1, 0, number, made.look["number"])
        page.write_string(FIRST_ROW + number - 1, 1, step, made.look["step"])
        page.set_row(FIRST_ROW + number - 1, 2 * LINE_HEIGHT)
    _legend(made, page, FIRST_ROW + len(made.words["steps"]) + 1, 1)


def _legend(made: _Book, page: Any, row: int, column: int = 0) -> None:
    page.write_string(row, column, made.words["input"], made.look["input_text"])
    page.write_string(row + 1, column, made.words["locked"], made.look["shown_text"])


def _page(made: _Book, id: str, columns: int) -> Any:
    """Add a protected worksheet with its title, place, mark and hint."""
    page = made.book.add_worksheet(title(id, made.lang))
    form, words = made.form, made.words
    mark = text("app", "example_band", made.lang) if form.example else ""
    page.write_string(TITLE_ROW, 0, words["full"][id], made.look["title"])
    page.set_row(TITLE_ROW, 26)
    page.write_string(PLACE_ROW, 0, _place(made), made.look["place"])
    if mark:
        for column in range(columns):
            page.write_string(MARK_ROW, column, "" if column else mark, made.look["mark"])
    page.write_string(HINT_ROW, 0, words["hints"].get(id, ""), made.look["hint"])
    page.hide_gridlines(2)
    page.protect("", ALLOWED)
    _print(page, f"&L{_amp(_place(made))}&C{_amp(mark)}&R{words['page']} &P / &N")
    return page


def _place(made: _Book) -> str:
    said = {name: made.form.general.get(name, {}).get(made.lang, "") for name in ("title", "period")}
    return str(made.words["place"].format(project=made.form.project_id, **said))


def _amp(said: str) -> str:
    return said.replace("&", "&&")


def _print(page: Any, footer: str) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    page.set_footer(footer)


# --- cells ------------------------------------------------------------------------------------------------------------


def _shown(made: _Book, column: Column, value: str | None) -> str | None:
    """Return a canonical value as it is shown: a code as its word."""
    if value is None or not column.options:
        return value
    names = {option.code: option.names[made.lang] for option in made.form.options(column.options)}
    return names.get(value, value)


def _write_value(page: Any, at: tuple[int, int], value: str | None, kind: Kind, look: Any) -> None:
    if value is None or value == "":
        page.write_blank(*at, None, look)
    elif kind == "date":
        page.write_datetime(*at, date.fromisoformat(value), look)
    elif kind in NUMBERS:
        page.write_number(*at, float(Decimal(value)), look)
    else:
        page.write_string(*at, value, look)


def _validate(made: _Book, page: Any, rows: tuple[int, int], place: int, column: Column) -> None:
    rule = _rule(made, column)
    if rule:
        said = made.words["prompts"]
        kind = column.kind
        asked = {"input_message": said[kind], "error_message": said[f"{kind}_error"], "ignore_blank": True}
        page.data_validation(rows[0], place, rows[1], place, rule | asked)


def _rule(made: _Book, column: Column) -> dict[str, Any]:
    if column.kind == "choice":
        place, count = made.lists.index(column.options), len(made.form.options(column.options))
        where = letter(3 * place + 1 + LANGUAGES.index(made.lang))
        return {"validate": "list", "source": f"={LISTS}!${where}$2:${where}${max(2, count + 1)}"}
    if column.kind == "date":
        return {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY}
    if column.kind in NUMBERS:
        return {"validate": "decimal" if column.kind == "eur" else "integer", "criteria": ">=", "value": 0}
    return {}


# --- hidden worksheets ------------------------------------------------------------------------------------------------


def _write_lists(made: _Book) -> None:
    page = made.book.add_worksheet(LISTS)
    page.hide()
    for row, cells in enumerate(_list_rows(made)):
        for place, cell in enumerate(cells):
            if cell:
                page.write_string(row, place, cell)


def _list_rows(made: _Book) -> list[list[str]]:
    """Return the lists side by side: of each its codes, then its words in each language, under its name."""
    columns = [column for name in made.lists for column in _list_columns(made.form, name)]
    longest = max(map(len, columns))
    return [[column[row] if row < len(column) else "" for column in columns] for row in range(longest)]


def _list_columns(form: Form, name: str) -> Iterator[list[str]]:
    options = form.options(name)
    yield [name, *(option.code for option in options)]
    for lang in LANGUAGES:
        yield [f"{name}_{lang}", *(option.names[lang] for option in options)]


def _write_ids(made: _Book) -> None:
    page = made.book.add_worksheet(IDS)
    page.very_hidden()
    rows = [*_ids(made.form, made.lang), *_row_ids(made)]
    sealed = [("seal", seal([*rows, *_list_rows(made)])), *rows]
    for row, cells in enumerate(sealed):
        for place, cell in enumerate(cells):
            page.write_string(row, place, cell)


def _ids(form: Form, lang: str) -> list[tuple[str, ...]]:
    return [
        ("form", FORM_VERSION),
        ("programme", form.programme_id),
        ("project", form.project_id),
        ("period", form.period_id),
        ("territory", form.territory),
        ("lang", lang),
    ]


def _row_ids(made: _Book) -> Iterator[tuple[str, ...]]:
    """Yield of every known row its section, its row as Excel counts, what it shows, and its ids."""
    for section in SECTIONS.values():
        for row, known in enumerate(made.form.known(section), FIRST_ROW + 1):
            yield ("row", section.id, str(row), _label(made, section, known), *known.ids)


def _label(made: _Book, section: Section, row: Row) -> str:
    keys = [section.columns[place] for place in section.keys]
    return JOINED.join(" ".join((_shown(made, key, row.cells.get(key.name)) or "").split()) for key in keys)
