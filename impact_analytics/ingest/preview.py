"""The dry run: everything that is wrong at once, and how the figures would move; nothing is written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from impact_analytics import build, supplied
from impact_analytics.datafiles import DataFile
from impact_analytics.deliveries import delivery
from impact_analytics.ingest.drafts import Details, Draft, Handed, judged
from impact_analytics.ingest.moves import Move, day_of, moves
from impact_analytics.problems import Problem, errors
from impact_analytics.programme import Programme


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
    moves: tuple[Move, ...] = ()

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
    known = supplied.entries(folder)
    found = judged(handed, details, snapshot, known)
    received = [draft.entry.received_on for draft in found.drafts]
    with _files(found.drafts, snapshot.programme, len(known)) as files, build.trial(folder, files) as trial:
        problems = (*found.problems, *map(_as_handed, trial.problems))
        after = trial.snapshot if not errors(problems) else None
        day = day_of(snapshot, after or snapshot, received)
        moved = moves(snapshot, after, day) if after else ()
    return Preview(tuple(handed), details, snapshot.id, len(known), day, found.drafts, problems, moved)


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
