"""The snapshots of the programmes that we ship, built once for all tests."""

from functools import cache

from impact_analytics import build
from impact_analytics.settings import ROOT
from impact_analytics.store import Snapshot


@cache
def shipped(name: str) -> Snapshot:
    """Return the snapshot of a programme of `data/`."""
    return build.build(ROOT / "data" / name)
