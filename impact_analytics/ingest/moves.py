"""How the figures would move: every headline figure before and after, and whichever other figure changes."""

from collections.abc import Iterable
from datetime import date

from impact_analytics.queries import Asked, values
from impact_analytics.queries.changes import Moved, headline_metrics
from impact_analytics.semantics import metrics
from impact_analytics.store import Snapshot


def day_of(before: Snapshot, after: Snapshot, received: Iterable[date | None]) -> date:
    """Return the day that both are read as of: the programme's own, or the newest on which anything was received."""
    own = (before.programme.default_as_of, after.programme.default_as_of)
    return max([*own, *(day for day in received if day)])


def moves(before: Snapshot, after: Snapshot, day: date) -> tuple[Moved, ...]:
    """Return every headline figure, and whichever other moves."""
    headlines = headline_metrics()
    known = tuple(dict.fromkeys((*headlines, *metrics())))
    old, new = values(Asked(before, day), known), values(Asked(after, day), known)
    every = [Moved(old[name], new[name]) for name in known]
    return tuple(move for move in every if move.metric in headlines or move.changed)
