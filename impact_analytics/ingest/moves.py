"""How the figures would move: every headline figure before and after, and whichever other figure changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from impact_analytics.queries import Asked, Value, values
from impact_analytics.semantics import metrics
from impact_analytics.store import Snapshot


@dataclass(frozen=True)
class Move:
    """A figure before and after, as of one day."""

    metric: str
    before: Value
    after: Value

    @property
    def changed(self) -> bool:
        """Say whether it is another figure then."""
        return (self.before.value, self.before.basis) != (self.after.value, self.after.basis)

    @property
    def difference(self) -> Any:
        """Return how much it moves: of days a number of days; None where one of the two is not known."""
        if self.before.value is None or self.after.value is None:
            return None
        gone = self.after.value - self.before.value
        return gone.days if self.after.unit == "date" else gone


def day_of(before: Snapshot, after: Snapshot, received: Iterable[date | None]) -> date:
    """Return the day that both are read as of: the programme's own, or the newest on which anything was received."""
    own = (before.programme.default_as_of, after.programme.default_as_of)
    return max([*own, *(day for day in received if day)])


def moves(before: Snapshot, after: Snapshot, day: date) -> tuple[Move, ...]:
    """Return every headline figure, and whichever other moves."""
    known = tuple(metrics())
    old, new = values(Asked(before, day), known), values(Asked(after, day), known)
    every = [Move(name, old[name], new[name]) for name in known]
    headline = [move for move in every if metrics()[move.metric].headline]
    return (*headline, *(move for move in every if move.changed and move not in headline))
