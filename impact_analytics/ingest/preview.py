"""The dry run: everything that is wrong at once, and how the figures would move; nothing is written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from impact_analytics import build, supplied
from impact_analytics.datafiles import DataFile
from impact_analytics.deliveries import delivery
from impact_analytics.formats import short_day
from impact_analytics.i18n import LANGUAGES
from impact_analytics.ingest.drafts import Details, Draft, Handed, judged
from impact_analytics.ingest.moves import day_of, moves
from impact_analytics.ingest.tables import said
from impact_analytics.problems import Problem, errors
from impact_analytics.programme import Programme
from impact_analytics.queries.changes import Moved
from impact_analytics.store import Snapshot

ONE_DAY = timedelta(1)  # it may be tomorrow already where a sheet came from


@dataclass(frozen=True)
class Preview:
    """What accepting files would do: the acceptances, what is wrong, and the figures before and after `as_of`.

    `fingerprint` and `after` say against which files and which last entry of the log it was judged.
    """

    handed: tuple[Handed, ...] = field(repr=False)
    details: Details
    fingerprint: str
    after: int
    as_of: date
    drafts: tuple[Draft, ...] = ()
    problems: tuple[Problem, ...] = ()
    moves: tuple[Moved, ...] = ()

    @property
    def errors(self) -> list[Problem]:
        """Return what stands in the way."""
        return errors(self.problems)

    @property
    def warnings(self) -> list[Problem]:
        """Return what is legitimate but odd, and how something was read."""
        return [problem for problem in self.problems if problem.severity != "error"]


def preview(folder: Path, handed: Sequence[Handed], details: Details) -> Preview:
    """Judge files handed in to a programme; raise Refused where the programme itself is broken."""
    snapshot = build.build(folder)
    known = supplied.logged(folder)
    found = judged(handed, details, snapshot, known)
    drafts, apart = _in_order(folder, found.drafts, snapshot.programme, len(known))
    received = [draft.entry.received_on for draft in drafts]
    with _tried(folder, drafts, snapshot.programme, len(known)) as trial:
        problems = (*found.problems, *apart, *map(_as_handed, trial.problems), *_to_come(drafts, snapshot, trial))
        after = trial.snapshot if not errors(problems) else None
        day = day_of(snapshot, after or snapshot, received)
        moved = moves(snapshot, after, day) if after else ()
    if after is None:  # what cannot be accepted is not held on to
        return Preview((), details, snapshot.id, len(known), day, problems=problems)
    return Preview(tuple(handed), details, snapshot.id, len(known), day, drafts, problems, moved)


def _in_order(
    folder: Path, drafts: Sequence[Draft], programme: Programme, after: int
) -> tuple[tuple[Draft, ...], tuple[Problem, ...]]:
    """Put drafts so that the first stand without the others: acceptance may stop after any of them."""
    tables = [draft for draft in drafts if not draft.entry.project_id]
    books = [draft for draft in drafts if draft.entry.project_id]
    if not (tables and books):
        return tuple(drafts), ()
    for first, then in ((tables, books), (books, tables)):
        with _tried(folder, first, programme, after) as trial:
            if not errors(trial.problems):
                return (*first, *then), ()
    return tuple(drafts), tuple(said("apart", name) for draft in tables for name in draft.files)


@contextmanager
def _tried(folder: Path, drafts: Sequence[Draft], programme: Programme, after: int) -> Iterator[build.Trial]:
    with _files(drafts, programme, after) as files, build.trial(folder, files) as trial:
        yield trial


def _to_come(drafts: Sequence[Draft], before: Snapshot, trial: build.Trial) -> Iterator[Problem]:
    """Name files with rows that are known only from a day that is still to come."""
    newest = date.fromisoformat(trial.snapshot.note("newest")) if trial.snapshot else date.min
    if newest > max(datetime.now(UTC).date() + ONE_DAY, date.fromisoformat(before.note("newest"))):
        days = {lang: short_day(newest, "day", lang) for lang in LANGUAGES}
        yield from (said("future_rows", name, day=days) for draft in drafts for name in draft.files)


@contextmanager
def _files(drafts: Sequence[Draft], programme: Programme, after: int) -> Iterator[list[DataFile]]:
    """Lend what drafts bring, their files written to a folder that goes with the block."""
    with TemporaryDirectory() as scratch:
        contents = {sha256: content for draft in drafts for sha256, (content, _) in draft.contents.items()}
        paths = dict(_written(drafts, Path(scratch)))
        entries = [replace(draft.entry, number=after + place) for place, draft in enumerate(drafts, 1)]
        yield [file for entry in entries for file in delivery(programme, entry, paths, contents)]


def _written(drafts: Sequence[Draft], scratch: Path) -> Iterator[tuple[str, Path]]:
    for draft in drafts:
        for sha256, (content, suffix) in draft.contents.items():
            path = scratch / f"{sha256}{suffix}"
            path.write_bytes(content)
            yield sha256, path


def _as_handed(problem: Problem) -> Problem:
    """Call a file as it was handed in, not as it would be stored."""
    return replace(problem, file=PurePosixPath(problem.file).name)
