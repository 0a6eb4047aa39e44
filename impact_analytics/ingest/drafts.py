"""From files handed in to drafts of acceptances: which sheet or table each is, and what stands in its way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePath

from impact_analytics import supplied
from impact_analytics.contract import contract
from impact_analytics.datafiles import mapping
from impact_analytics.formats import short_day
from impact_analytics.i18n import LANGUAGES
from impact_analytics.ingest import tables
from impact_analytics.ingest.tables import said, told
from impact_analytics.problems import Problem, errors
from impact_analytics.programme import Programme
from impact_analytics.sheets import Read, read
from impact_analytics.sheets.form import AUTHORITY_ROW, VALUE_COLUMN, address, title
from impact_analytics.store import Snapshot, cursor
from impact_analytics.supplied import Entry, Stored

Versions = Counter[tuple[str, str]]  # the newest version by project and period


@dataclass(frozen=True)
class Handed:
    """A file as it was handed in."""

    name: str
    content: bytes

    def __post_init__(self) -> None:
        """Put question marks in a name that was no text on its own system."""
        object.__setattr__(self, "name", self.name.encode("utf-8", "replace").decode())

    @property
    def suffix(self) -> str:
        """Return its ending in small letters."""
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True)
class Details:
    """What is said of files beside them: the day received and the protocol number, where a workbook has none itself."""

    received_on: date
    protocol: str = ""
    mapping: Handed | None = None


@dataclass(frozen=True)
class Draft:
    """An acceptance that could be: its entry without number, and the contents of its files by hash."""

    entry: Entry
    contents: supplied.Contents = field(repr=False)

    @property
    def files(self) -> tuple[str, ...]:
        """Return the names of its files."""
        return tuple(stored.name for stored in self.entry.files)


@dataclass(frozen=True)
class Judged:
    """Drafts, and everything that is wrong with what was handed in, in the order of its files."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]


def judged(handed: Sequence[Handed], details: Details, snapshot: Snapshot, known: Sequence[Entry]) -> Judged:
    """Return the drafts of files: one for each sheet workbook, one for all table files together."""
    problems = list(_repeated(handed, known))
    again = {problem.file for problem in problems}
    fresh = [one for one in handed if one.name not in again]
    reads = {one.name: read(one.name, one.content) for one in fresh if one.suffix == ".xlsx"}
    for found in reads.values():
        problems += [*found.problems, *_of_another(found, snapshot.programme), *_to_come(found)]
    refused = {problem.file for problem in errors(problems)}
    books = [one for one in fresh if one.name in reads and one.name not in refused]
    drafts = list(_books(books, reads, details, _versions(snapshot, known)))
    others = [one for one in fresh if one.name not in reads]
    draft, wrong = _tables(others, details)
    return Judged((*drafts, *draft), (*problems, *wrong))


def _repeated(handed: Sequence[Handed], known: Sequence[Entry]) -> Iterator[Problem]:
    """Name files that stand accepted already, come twice, or bear the name of another."""
    gone = {entry.withdrawn for entry in known}
    standing = {stored.sha256: entry for entry in known if entry.number not in gone for stored in entry.files}
    names = Counter(one.name.casefold() for one in handed)
    seen: dict[str, str] = {}
    for one in handed:
        sha256 = Stored.of(one.name, one.content).sha256
        if sha256 in standing:
            yield said("accepted_before", one.name, number=standing[sha256].number)
        elif sha256 in seen:
            yield said("twice", one.name, other=seen[sha256])
        elif names[one.name.casefold()] > 1:
            yield said("same_name", one.name)
        seen.setdefault(sha256, one.name)


def _of_another(found: Read, programme: Programme) -> Iterator[Problem]:
    if found.programme_id and found.programme_id != programme.id:
        yield said("other_programme", found.name, found=found.programme_id, wanted=programme.id)


def _to_come(found: Read) -> Iterator[Problem]:
    """Name the cell of a day received that is still to come."""
    day = found.received_on
    if day and day > datetime.now(UTC).date() + timedelta(1):
        cell = address(AUTHORITY_ROW, VALUE_COLUMN)
        words = told("future", day={lang: short_day(day, "day", lang) for lang in LANGUAGES})
        yield Problem("error", "future", found.name, words=words, sheet=title("general", found.lang), cell=cell)


def _versions(snapshot: Snapshot, known: Iterable[Entry]) -> Versions:
    """Return the newest version there ever was of each sheet: one withdrawn keeps its number."""
    sql = "SELECT project_id, period_id, max(version) FROM sheet GROUP BY ALL"
    newest = Counter({(row[0], row[1]): row[2] for row in cursor(snapshot).execute(sql).fetchall()})
    for entry in known:
        whose = entry.project_id, entry.period_id
        newest[whose] = max(newest[whose], entry.version)
    return newest


def _books(books: Sequence[Handed], reads: Mapping[str, Read], details: Details, newest: Versions) -> Iterator[Draft]:
    """Yield a draft for each workbook, in the order in which they were received."""
    dated = [(reads[one.name].received_on or details.received_on, one.name, one) for one in books]
    for received_on, name, one in sorted(dated, key=lambda book: book[:2]):
        found = reads[name]
        whose = found.project_id, found.period_id
        newest[whose] += 1
        stored = Stored.of(name, one.content)
        entry = Entry(
            action="accept",
            who="",
            at=datetime.now(UTC),
            files=(stored,),
            project_id=found.project_id,
            period_id=found.period_id,
            version=newest[whose],
            received_on=received_on,
            protocol=found.protocol or details.protocol,
        )
        yield Draft(entry, {stored.sha256: (one.content, one.suffix)})


def _tables(handed: Sequence[Handed], details: Details) -> tuple[list[Draft], list[Problem]]:
    """Return one draft of all table files, none where one of them cannot be used."""
    if not handed:
        return [], []
    read_as, problems = _mapping(details.mapping)
    stored, contents = [], {}
    for one in handed:
        problems += tables.problems(one.name, one.content, one.suffix)
        table = read_as.table if read_as else PurePath(one.name).stem.lower()
        if one.suffix in tables.SUFFIXES and table not in contract():
            problems.append(said("no_table", one.name, table=table))
        of_mapping = Stored.of(details.mapping.name, details.mapping.content).sha256 if details.mapping else ""
        stored.append(Stored.of(one.name, one.content, table=table, mapping=of_mapping))
        contents[stored[-1].sha256] = one.content, one.suffix
        if details.mapping:
            contents[of_mapping] = details.mapping.content, ".toml"
    if errors(problems):
        return [], problems
    entry = Entry(
        action="accept",
        who="",
        at=datetime.now(UTC),
        files=tuple(stored),
        received_on=details.received_on,
        protocol=details.protocol,
    )
    return [Draft(entry, contents)], problems


def _mapping(handed: Handed | None) -> tuple[mapping.ColumnMapping | None, list[Problem]]:
    if handed is None:
        return None, []
    try:
        return mapping.parse(handed.content.decode("utf-8-sig"), handed.name), []
    except UnicodeDecodeError:
        return None, [said("not_utf8", handed.name)]
    except mapping.MappingError as error:
        words = {lang: error.sentence(lang) for lang in LANGUAGES}
        return None, [Problem("error", error.key, handed.name, words=words)]
