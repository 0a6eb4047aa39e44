"""A workbook that comes back: everything that is wrong in it at once, and its rows as parts of a delivery."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from impact_analytics.datafiles import Part, Unusable
from impact_analytics.formats import short_day
from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.problems import Problem, Severity, errors
from impact_analytics.sheets import bounds, persons
from impact_analytics.sheets.cells import Grid, grids
from impact_analytics.sheets.form import (
    AUTHORITY,
    AUTHORITY_ROW,
    FIRST_ROW,
    FORM_VERSION,
    GENERAL,
    HEADING_ROW,
    IDS,
    JOINED,
    LISTS,
    SECTIONS,
    VALUE_COLUMN,
    Column,
    Option,
    Section,
    address,
    called,
    heading,
    title,
    vocabulary,
)
from impact_analytics.sheets.parts import Answer, Received, answer_parts, sheet_part
from impact_analytics.sheets.sentences import said
from impact_analytics.sheets.values import judged, plain
from impact_analytics.sheets.writer import seal

Header = Mapping[str, str | None]
MOST_OUTSIDE = 20  # cells named of one worksheet


@dataclass(frozen=True)
class Read:
    """What a workbook says: whose it is, what its authority's box holds, its answers, and what is wrong with it."""

    name: str
    programme_id: str = ""
    project_id: str = ""
    period_id: str = ""
    territory: str = ""
    lang: str = ""
    header: Header = field(default_factory=dict)
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def received_on(self) -> date | None:
        """Return the day written in the authority's box."""
        return _day(self.header.get("received_on"))

    @property
    def protocol(self) -> str:
        """Return the protocol number written in the authority's box."""
        return self.header.get("protocol") or ""

    @property
    def integration_asked_on(self) -> date | None:
        """Return the day on which the authority asked for an integration."""
        return _day(self.header.get("integration_asked_on"))

    def parts(self, version: int, received_on: date, protocol: str = "") -> tuple[Part, ...]:
        """Return the rows of every table as received on a day; none where there is an error."""
        if errors(self.problems):
            return ()
        whose = (self.project_id, self.period_id, self.territory)
        of = Received(self.name, self.lang, *whose, version, received_on)
        return (sheet_part(of, protocol, self.header.get("integration_asked_on")), *answer_parts(of, self.answers))


def read(name: str, content: bytes) -> Read:
    """Read a workbook; `problems` names everything that is wrong with it, and nothing is raised."""
    try:
        members = bounds.members(name, content)
        book = grids(name, members)
    except Unusable as unusable:
        return Read(name, problems=(unusable.problem,))
    refused = persons.in_workbook(name, book) or persons.in_parts(name, members)
    if refused:
        return Read(name, problems=(refused,))
    return _read_form(name, {grid.title: grid for grid in book})


# --- the form ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """A row of the hidden worksheet: where a known row stands, what it shows, and its ids."""

    row: int
    label: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class _Hidden:
    """What the hidden worksheets say."""

    ids: Mapping[str, str]
    known: Mapping[str, tuple[_Known, ...]]
    lists: Mapping[str, tuple[Option, ...]]

    @property
    def lang(self) -> str:
        return self.ids["lang"]

    def options(self, name: str) -> tuple[Option, ...]:
        """Return a list of the programme's, as the workbook carries it, or of the form's own."""
        return (self.lists.get(name) or vocabulary(name)) if name else ()


@dataclass(frozen=True)
class _Page:
    """A worksheet that is being read, and where to say what is wrong with it."""

    file: str
    grid: Grid
    problems: list[Problem]

    def say(self, severity: Severity, rule: str, at: tuple[int, int], value: str = "", **details: object) -> None:
        cell = address(*at)
        self.problems.append(said(severity, rule, self.file, sheet=self.grid.title, cell=cell, value=value, **details))

    def taken(self, at: tuple[int, int], column: Column, options: Sequence[Option]) -> str | None:
        """Return the canonical text of a cell that a person filled in; say what is wrong with it."""
        if at in self.grid.errors:
            self.say("error", "excel_error", at, self.grid.errors[at])
            return None
        value = self.grid.value(*at)
        if self.grid.formulas.get(at) is not None:
            if plain(value) == "":
                self.say("error", "formula_blank", at)
                return None
            self.say("notice", "formula", at, plain(value))
        found, remark = judged(value, column.kind, options)
        if remark:
            self.say(remark.severity, remark.rule, at, remark.value, **remark.details)
        return found

    def written(self, at: tuple[int, int]) -> bool:
        return plain(self.grid.value(*at)) != "" or at in self.grid.errors or at in self.grid.formulas

    def blamed(self, at: tuple[int, int]) -> bool:
        """Say whether an error was said of a cell."""
        return any(problem.cell == address(*at) for problem in self.problems if problem.severity == "error")


def _read_form(name: str, book: Mapping[str, Grid]) -> Read:
    hidden = _hidden(name, book)
    if isinstance(hidden, Problem):
        return Read(name, problems=(hidden,))
    problems: list[Problem] = []
    pages = {id: _Page(name, book[title(id, hidden.lang)], []) for id in _present(name, book, hidden.lang, problems)}
    header = _header(pages["general"], hidden.lang) if "general" in pages else {}
    answers = {id: tuple(_answers(pages[id], SECTIONS[id], hidden)) for id in SECTIONS if id in pages}
    problems += [problem for page in pages.values() for problem in page.problems]
    problems += _extra(name, book, hidden.lang)
    whose = {f"{key}_id": hidden.ids[key] for key in ("programme", "project", "period")}
    return Read(
        name,
        **whose,
        territory=hidden.ids["territory"],
        lang=hidden.lang,
        header=header,
        answers=answers,
        problems=tuple(problems),
    )


def _present(name: str, book: Mapping[str, Grid], lang: str, problems: list[Problem]) -> Iterator[str]:
    for id in ("general", *SECTIONS):
        if title(id, lang) in book:
            yield id
        else:
            problems.append(said("error", "sheet_missing", name, value=title(id, lang)))


def _extra(name: str, book: Mapping[str, Grid], lang: str) -> list[Problem]:
    ours = {IDS, LISTS, *texts("sheets", lang)["titles"].values()}
    return [said("warning", "sheet_extra", name, sheet=other) for other in book if other not in ours]


# --- hidden worksheets ------------------------------------------------------------------------------------------------


def _hidden(name: str, book: Mapping[str, Grid]) -> _Hidden | Problem:
    """Return what the hidden worksheets say, or why they cannot be used."""
    if IDS not in book or LISTS not in book:
        return said("error", "not_form", name)
    rows, lists = _written(book[IDS]), _written(book[LISTS])
    single = {row[0]: row[1] for row in rows if len(row) > 1 and row[0] != "row"}
    if "form" not in single:
        return said("error", "not_form", name)
    if single["form"] != FORM_VERSION:
        return said("error", "form_version", name, value=single["form"], wanted=FORM_VERSION)
    if single.get("seal") != seal([*(row for row in rows if row[0] != "seal"), *lists]):
        return said("error", "ids_changed", name)
    placed = [row for row in rows if row[0] == "row"]
    if not _sound(single, placed):
        return said("error", "ids_changed", name)
    known: dict[str, list[_Known]] = {}
    for _, section, row, label, *ids in placed:
        known.setdefault(section, []).append(_Known(int(row) - 1, label, tuple(ids)))
    return _Hidden(single, {id: tuple(found) for id, found in known.items()}, _lists(lists))


def _sound(single: Mapping[str, str], placed: Sequence[Sequence[str]]) -> bool:
    """Say whether hidden rows have the form in which they are written: a seal is no secret."""
    named = all(single.get(key) for key in ("programme", "project", "period", "territory"))
    rows = all(len(row) > 4 and row[1] in SECTIONS and row[2].isascii() and row[2].isdigit() for row in placed)
    return named and rows and single.get("lang") in LANGUAGES


def _written(grid: Grid) -> list[list[str]]:
    """Return the rows of a hidden worksheet as text, without the blank cells at their ends."""
    rows = [[str(cell) for cell in row] for row in grid.rows]
    for row in rows:
        while row and not row[-1]:
            row.pop()
    return [row for row in rows if row]


def _lists(rows: Sequence[Sequence[str]]) -> dict[str, tuple[Option, ...]]:
    """Return the lists that stand side by side: codes, then words in each language."""
    step = 1 + len(LANGUAGES)
    found = {}
    for place in range(0, len(rows[0]) if rows else 0, step):
        filled = [row[place : place + step] for row in rows[1:] if len(row) >= place + step and row[place]]
        found[rows[0][place]] = tuple(Option(code, dict(zip(LANGUAGES, names, strict=True))) for code, *names in filled)
    return found


# --- worksheets -------------------------------------------------------------------------------------------------------


def _header(page: _Page, lang: str) -> dict[str, str | None]:
    """Return what stands in the authority's box, where the labels stand where they should."""
    labels = texts("sheets", lang)["fields"]
    fields = [*enumerate(GENERAL, FIRST_ROW), *enumerate(AUTHORITY, AUTHORITY_ROW)]
    for row, known in fields:
        found = plain(page.grid.value(row, 0))
        if found != labels[known.name]:
            page.say("error", "heading_changed", (row, 0), found, wanted=labels[known.name])
            return {}
    taken = {known.name: (row, Column(known.name, known.kind, "input", 0)) for row, known in fields[len(GENERAL) :]}
    return {name: page.taken((row, VALUE_COLUMN), column, ()) for name, (row, column) in taken.items()}


def _answers(page: _Page, section: Section, hidden: _Hidden) -> Iterator[Answer]:
    """Yield the rows of a worksheet that say something, where its headings and rows stand where they should."""
    known = hidden.known.get(section.id, ())
    if not (_headings_stand(page, section, hidden.lang) and _rows_stand(page, section, known)):
        return
    last = FIRST_ROW + len(known) + section.spare - 1
    _say_outside(page, section, last + _totals(section, known))
    if section.reported:
        for fast in known:
            yield _answer(page, section, fast.row, fast.ids, hidden)
    for row in range(FIRST_ROW + len(known), last + 1):
        filled = [place for place, column in enumerate(section.columns) if column.taken(known=False)]
        if any(page.written((row, place)) for place in filled):
            yield _answer(page, section, row, (), hidden)


def _totals(section: Section, known: Sequence[_Known]) -> int:
    """Return how many rows the totals take."""
    return len(dict.fromkeys(row.ids[0] for row in known)) + 1 if section.totals and known else 0


def _headings_stand(page: _Page, section: Section, lang: str) -> bool:
    stand = True
    for place, column in enumerate(section.columns):
        found, wanted = plain(page.grid.value(HEADING_ROW, place)), heading(section, column, lang)
        if found != wanted:
            page.say("error", "heading_changed", (HEADING_ROW, place), found, wanted=wanted)
            stand = False
    return stand


def _rows_stand(page: _Page, section: Section, known: Sequence[_Known]) -> bool:
    """Say whether every known row is in its place; name the first that is not."""
    for row in known:
        shown = [plain(page.grid.value(row.row, place)) for place in section.keys]
        wanted = row.label.split(JOINED) if len(shown) > 1 else [row.label]
        differ = [place for place, said in zip(section.keys, shown, strict=True) if said not in wanted]
        if JOINED.join(shown) != row.label:
            at = (row.row, (differ or section.keys)[0])
            page.say("error", "row_changed", at, JOINED.join(shown), wanted=row.label)
            return False
    return True


def _say_outside(page: _Page, section: Section, last: int) -> None:
    """Name what is written where nothing is read."""
    outside = [
        (row, place)
        for row, cells in enumerate(page.grid.rows)
        for place, cell in enumerate(cells)
        if row > HEADING_ROW and (row > last or place >= len(section.columns)) and plain(cell) != ""
    ]
    for at in outside[:MOST_OUTSIDE]:
        page.say("error", "outside", at, plain(page.grid.value(*at)))


def _answer(page: _Page, section: Section, row: int, ids: tuple[str, ...], hidden: _Hidden) -> Answer:
    found: dict[str, str | None] = dict(zip(section.ids, ids, strict=False))
    for place, column in enumerate(section.columns):
        if column.taken(known=bool(ids)):
            options = hidden.options(column.options)
            found[column.name] = page.taken((row, place), column, options)
            if column.required and found[column.name] is None and not page.blamed((row, place)):
                rule = "blank_new" if not ids else "blank" if column.kind in ("eur", "count") else "blank_word"
                page.say("error", rule, (row, place), heading=called(section, column, hidden.lang))
    if section.id == "procedural":
        _say_unexplained(page, section, row, found)
    return Answer(row + 1, ids, found)


def _say_unexplained(page: _Page, section: Section, row: int, found: Mapping[str, str | None]) -> None:
    approved, expected = found.get("approved_end_on"), found.get("expected_end_on")
    if approved and expected and expected > approved and not found.get("deviation"):
        at = row, section.place("deviation")
        first, last = (short_day(when, "day", LANGUAGES[0]) for when in (approved, expected))
        page.say("warning", "unexplained", at, last, approved=first)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
