"""Snapshots as the other readings of contradictions have them, for the page that shows what they would change."""

from functools import lru_cache

from impact_analytics import build
from impact_analytics.queries.changes import Moved
from impact_analytics.queries.contradictions import effect
from impact_analytics.store import Snapshot
from impact_analytics.ui.page import View


def moved(view: View, contradiction: str) -> tuple[Moved, ...] | None:
    """Return the figures that the other reading of a contradiction would change; None where it has none."""
    other = _alternative(view.snapshot, contradiction)
    return effect(view.asked, other) if other else None


@lru_cache(maxsize=64)
def _alternative(snapshot: Snapshot, contradiction: str) -> Snapshot | None:
    return build.alternative(snapshot, contradiction)
