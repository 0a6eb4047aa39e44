"""Hand in a delivery: a dry run that says everything wrong and how figures would move, then its acceptance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from impact_analytics import supplied
from impact_analytics.problems import Problem, errors
from impact_analytics.queries import Value
from impact_analytics.supplied import Entry


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


def accept(folder: Path, preview: Preview, who: str) -> Entry:  # noqa: ARG001 - a stand-in
    """Accept what was previewed; return its entry."""
    draft = Entry(action="accept", who=who, at=datetime.now(UTC))
    return supplied.append(folder, draft, {}, len(supplied.entries(folder)))


def withdraw(folder: Path, number: int, reason: str, who: str) -> Entry:
    """Withdraw an acceptance; return the entry that does."""
    return supplied.withdraw(folder, number, reason, who)
