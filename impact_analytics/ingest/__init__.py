"""Hand in a delivery: a dry run that says everything wrong and how figures would move, then its acceptance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from impact_analytics.problems import Problem, errors
from impact_analytics.queries import Value


@dataclass(frozen=True)
class Handed:
    """A file as it was handed in."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Details:
    """What the files cannot say: the day they were received, and under which protocol number."""

    received_on: date | None = None
    protocol: str = ""


@dataclass(frozen=True)
class Move:
    """A headline figure as it is, and as it would be."""

    metric: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Delivery:
    """What is accepted in one act."""

    files: tuple[str, ...]
    project_id: str = ""
    period_id: str = ""
    version: int = 0
    received_on: date | None = None
    protocol: str = ""


@dataclass(frozen=True)
class Stored:
    """One accepted file."""

    name: str
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act of the log: an acceptance, or the withdrawal of one."""

    number: int
    action: Literal["accept", "withdraw"]
    who: str
    at: datetime
    files: tuple[Stored, ...] = ()
    project_id: str = ""
    period_id: str = ""
    version: int = 0
    received_on: date | None = None
    protocol: str = ""
    withdrawn: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Preview:
    """What acceptance would do: everything wrong or odd, how headline figures move, and what would be accepted."""

    problems: tuple[Problem, ...] = ()
    moves: tuple[Move, ...] = ()
    accepted_already: bool = False
    deliveries: tuple[Delivery, ...] = ()

    @property
    def errors(self) -> list[Problem]:
        """Return what stands in the way."""
        return errors(self.problems)

    @property
    def warnings(self) -> list[Problem]:
        """Return what is odd and may be right."""
        return [problem for problem in self.problems if problem.severity == "warning"]


def preview(folder: Path, handed: Sequence[Handed], details: Details) -> Preview:  # noqa: ARG001 - a stand-in
    """Say what acceptance of files would do; change nothing."""
    return Preview()


def accept(folder: Path, preview: Preview, who: str) -> Entry:
    """Accept what was previewed; return its entry."""
    files = tuple(Stored(name) for delivery in preview.deliveries for name in delivery.files)
    return Entry(number=len(entries(folder)) + 1, action="accept", who=who, at=datetime.now(UTC), files=files)


def withdraw(folder: Path, number: int, reason: str, who: str) -> Entry:
    """Withdraw an acceptance; return the entry that does."""
    number_of_this = len(entries(folder)) + 1
    return Entry(
        number=number_of_this, action="withdraw", who=who, at=datetime.now(UTC), withdrawn=number, reason=reason
    )


def entries(folder: Path) -> list[Entry]:  # noqa: ARG001 - a stand-in
    """Return the log in order."""
    return []
