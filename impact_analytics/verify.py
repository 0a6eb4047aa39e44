"""Whether a figure shown is what the input files say: worked out anew in plain Python, id and rows compared."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from impact_analytics import build, plain
from impact_analytics.checks import read_by
from impact_analytics.contract import Table, contract
from impact_analytics.datafiles import data_files
from impact_analytics.datafiles.mapping import MappingError
from impact_analytics.deliveries import delivered
from impact_analytics.plain import NotSplit, Recomputed, Row, Tables
from impact_analytics.problems import Refused
from impact_analytics.programme import ProgrammeError, folders
from impact_analytics.queries import Asked, Value, behind, value
from impact_analytics.semantics import measures
from impact_analytics.settings import SQL, data_folder
from impact_analytics.store import NoSnapshot, Snapshot, current
from impact_analytics.supplied import SuppliedError

CLOSE = 1e-9  # floats are worked out in another order
Outcome = Literal[
    "same", "differs", "rows_differ", "id_differs", "damaged", "changed", "moved_on", "no_folder", "not_split"
]
FALSE = ("differs", "rows_differ", "id_differs", "damaged")


@dataclass(frozen=True)
class Verdict:
    """What came of working a figure out anew: the outcome, both values, both snapshot ids, and what it rests on.

    `odd` is the first row that stands otherwise in the database than in the files, `reason` says what is damaged.
    """

    outcome: Outcome
    shown: Value
    again: Recomputed
    files: str = ""
    odd: str = ""
    reason: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool | None:
        """Say whether the figure was confirmed; None where it could not be worked out anew."""
        return True if self.outcome == "same" else False if self.outcome in FALSE else None


NOTHING = Recomputed(None, "", {})


def folder_of(programme_id: str) -> Path | None:
    """Return the folder of a programme's input files, where it is there."""
    return folders(data_folder()).get(programme_id)


def verify(asked: Asked, metric: str, folder: Path | None) -> Verdict:
    """Work a metric out from the input files, and compare value, snapshot id and rows with what is shown."""
    shown = value(asked, metric)
    if folder is None:
        return Verdict("no_folder", shown, NOTHING)
    files = build.fingerprint(folder)
    found = Verdict("same", shown, NOTHING, files)
    if files != asked.snapshot.id:
        return replace(found, outcome="changed" if _is_current(asked.snapshot) else "moved_on")
    if shown.not_split:
        return replace(found, outcome="not_split")
    try:
        return _compared(found, asked, folder)
    except (SuppliedError, MappingError, ProgrammeError) as damage:
        return replace(found, outcome="damaged", reason={lang: damage.sentence(lang) for lang in ("it", "en")})
    except Refused as refused:
        said = {lang: refused.problems[0].sentence(lang) for lang in ("it", "en")}
        return replace(found, outcome="damaged", reason=said)


def _compared(found: Verdict, asked: Asked, folder: Path) -> Verdict:
    rows, programme = rows_of(folder, found.files), build.programme_of(folder)
    try:
        again = plain.recomputed(behind.question(asked, rows, programme), found.shown.metric)
    except NotSplit:
        return replace(found, outcome="not_split")
    odd = next(_odd_rows(asked.snapshot, found.shown.metric, rows), "")
    outcome: Outcome = "same" if alike(found.shown, again) else "differs"
    if outcome == "same" and odd:
        outcome = "rows_differ"
    if asked.snapshot.note("id") != found.files:
        outcome = "id_differs"
    if build.fingerprint(folder) != found.files:
        outcome = "changed"
    return replace(found, outcome=outcome, again=again, odd=odd)


@lru_cache(maxsize=2)
def rows_of(folder: Path, _files: str) -> Tables:
    """Return the input rows of one state of a folder's files, accepted deliveries among them."""
    programme = build.programme_of(folder)
    return plain.read([*data_files(folder, programme.basis), *delivered(folder, programme)])


def rows_behind(snapshot: Snapshot, folder: Path | None) -> Tables:
    """Return the input rows of a snapshot: those of the files if it was built from these, else its own."""
    try:
        if folder and build.fingerprint(folder) == snapshot.id:
            return rows_of(folder, snapshot.id)
    except (SuppliedError, MappingError, ProgrammeError, Refused):
        pass  # what is damaged is said by `verify`; the snapshot still has its rows
    return behind.tables(snapshot)


def alike(shown: Value, again: Recomputed) -> bool:
    """Say whether two answers are the same: amounts to the cent, shares but for the order of adding."""
    first, second = shown.value, again.value
    if isinstance(first, float) and second is not None:
        return shown.basis == again.basis and abs(first - second) <= CLOSE * max(1.0, abs(first))
    if first is None:
        return second is None and (shown.basis == "mixed") == (again.basis == "mixed")
    return bool(first == second) and shown.basis == again.basis


def _is_current(snapshot: Snapshot) -> bool:
    try:
        return current(snapshot.programme_id).id == snapshot.id
    except NoSnapshot:
        return False


# ---------------------------------------------------------------- the rows it rests on


@cache
def tables_behind(metric: str) -> tuple[str, ...]:
    """Return the input tables that the SQL of a metric reads, through facts and marts."""
    seen: set[str] = set()
    ahead = {part.source for part in measures([metric])}
    while ahead:
        seen |= ahead
        ahead = {name for source in ahead for name in read_by(_sql(source))} - seen
    return tuple(name for name in contract() if name in seen)


def _sql(source: str) -> str:
    kind, _, name = source.partition("_")
    paths = [SQL / folder / f"{name}.sql" for folder in ((f"{kind}s", "views") if kind in ("fact", "mart") else ())]
    return "".join(path.read_text(encoding="utf-8") for path in paths if path.is_file())


def _odd_rows(snapshot: Snapshot, metric: str, rows: Tables) -> Iterator[str]:
    """Yield the place of rows under a metric that stand otherwise in the database than in the files."""
    for name in tables_behind(metric):
        known = ("odd", snapshot, name)
        if known not in rows.memory:
            rows.memory[known] = _odd_row(snapshot, contract()[name], rows)
        if rows.memory[known]:
            yield rows.memory[known]


def _odd_row(snapshot: Snapshot, table: Table, rows: Tables) -> str:
    """Return the first row of a table that database and files have differently; blank where there is none."""
    of_files = Counter(_plainly(row, table) for row in rows.rows(table.name))
    of_database = Counter(_plainly(row, table) for row in behind.tables(snapshot).rows(table.name))
    for first, second in ((rows, of_database), (behind.tables(snapshot), of_files)):
        for row in first.rows(table.name):
            if not second[_plainly(row, table)]:
                return f"{row.file}:{row.line}"
    return "" if of_files == of_database else table.name


def _plainly(row: Row, table: Table) -> tuple[Any, ...]:
    """Return the cells of a row in the form of their columns."""
    return row.basis, row.line, *(_cell(row[column.name], column.type) for column in table.columns)


def _cell(cell: Any, kind: str) -> Any:
    if cell is None or (kind != "VARCHAR" and not str(cell).strip()):
        return None
    if kind.startswith("DECIMAL"):
        return plain.decimal(str(cell))
    if kind in ("INTEGER", "BIGINT"):
        return int(cell)
    if kind == "DOUBLE":
        return float(plain.decimal(str(cell)))
    return str(cell).strip().lower() if kind == "BOOLEAN" else str(cell)
