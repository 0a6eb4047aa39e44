"""What became known between two days: single changes with what stood before and after, and the headline figures."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from impact_analytics.formats import UNITS
from impact_analytics.frames import records
from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.queries.asked import Asked, Value, rows, values
from impact_analytics.semantics import STRENGTH, dimensions, metrics
from impact_analytics.settings import SQL
from impact_analytics.store import Snapshot

TOPICS = tuple(texts("changes", LANGUAGES[0])["topics"])
# The tables whose rows tell of a topic's changes.
TABLES = {
    "acts": ("act",),
    "cash": ("payment", "recovery"),
    "change_requests": ("change_request",),
    "controls": ("finding", "on_the_spot_check"),
    "funding": ("funding", "endowment"),
    "limits": ("legal_limit",),
    "projects": ("project",),
    "requests": ("payment_request", "request_step"),
    "sheets": ("sheet", "sheet_financial", "sheet_physical"),
    "terms": ("deadline",),
}


@dataclass(frozen=True)
class Change:
    """One thing that became known on a day; `before` and `after` are in `unit`, both None where nothing is measured.

    Without a territory it concerns the whole programme. `source` and `url` name the document behind it.
    """

    topic: str
    kind: str
    known_on: date
    reference: str
    basis: str
    source: str
    url: str
    happened_on: date | None = None
    precision: str = "day"
    project_id: str | None = None
    territory: str | None = None
    macro_area: str | None = None
    action_line: str | None = None
    period_id: str | None = None
    number: int | None = None
    variant: str | None = None
    before: Any = None
    after: Any = None
    unit: str | None = None
    title_it: str | None = None
    title_en: str | None = None
    act_it: str | None = None
    act_en: str | None = None

    @property
    def difference(self) -> Any:
        """Return how much a figure changed, None where one of the two is not there: of days a number of days."""
        if self.before is None or self.after is None:
            return None
        gone = self.after - self.before
        return gone.days if self.unit == "date" else gone

    @property
    def whole(self) -> bool:
        """Say whether it concerns the whole programme."""
        return self.territory is None

    @property
    def months(self) -> int:
        """Return by how many months a term moved."""
        return int((self.after.year - self.before.year) * 12 + self.after.month - self.before.month)


@dataclass(frozen=True)
class Moved:
    """A headline figure as of both days."""

    before: Value
    after: Value

    @property
    def metric(self) -> str:
        """Return the metric's id."""
        return self.after.metric

    @property
    def unit(self) -> str:
        """Return the metric's unit."""
        return self.after.unit

    @property
    def basis(self) -> str:
        """Return the weaker basis of the two values."""
        known = {value.basis for value in (self.before, self.after)} - {""}
        return "mixed" if "mixed" in known else max(known, key=STRENGTH.index, default="")

    @property
    def difference(self) -> Any:
        """Return how much the figure changed, of days a number of days; None where it is not known on both days."""
        if self.before.value is None or self.after.value is None:
            return None
        gone = self.after.value - self.before.value
        return gone.days if self.unit == "date" else gone

    @property
    def changed(self) -> bool:
        """Say whether the two values are written differently."""
        if self.difference is None or self.unit == "date":
            return bool(self.before.value != self.after.value)
        return abs(Decimal(str(self.difference))) >= UNITS[self.unit].step / 2


def ordered(asked: Asked, since: date) -> tuple[Asked, date]:
    """Return the question as of the later of two days, and the earlier day."""
    return (replace(asked, as_of=since), asked.as_of) if since > asked.as_of else (asked, since)


def changes(asked: Asked, since: date) -> tuple[Change, ...]:
    """Return what became known after one day and by the day asked, topic by topic and in order of time.

    Narrowed to what was asked; what concerns the whole programme stays in.
    """
    days, every = _every(asked.snapshot)
    found = every[bisect_right(days, since) : bisect_right(days, asked.as_of)]
    return tuple(sorted((one for one in found if _within(asked, one)), key=lambda one: TOPICS.index(one.topic)))


def headlines(asked: Asked, since: date) -> tuple[Moved, ...]:
    """Return the headline figures that are not the same on both days, in the order of the groups of figures."""
    names = headline_metrics()
    before, after = values(replace(asked, as_of=since), names), values(asked, names)
    return tuple(moved for name in names if (moved := Moved(before[name], after[name])).changed)


def not_split(asked: Asked) -> tuple[str, ...]:
    """Return the headline figures that cannot be narrowed as asked."""
    return tuple(name for name, value in values(asked, headline_metrics()).items() if value.not_split)


@cache
def headline_metrics() -> tuple[str, ...]:
    """Return the metrics that their files call headlines, in the order of their groups."""
    groups = list(texts("app", LANGUAGES[0])["groups"])
    found = [metric for metric in metrics().values() if metric.headline]
    return tuple(metric.id for metric in sorted(found, key=lambda metric: (groups.index(metric.group), metric.id)))


@lru_cache(maxsize=16)
def _every(snapshot: Snapshot) -> tuple[list[date], list[Change]]:
    """Return every change there ever was in order of time, and the days of each, to look up a span."""
    asked = Asked(snapshot, snapshot.programme.default_as_of)
    found = sorted((one for topic in TOPICS for one in _of_topic(asked, topic)), key=_place)
    return [one.known_on for one in found], found


def _place(change: Change) -> tuple[date, str, str, str, str]:
    return change.known_on, change.kind, change.territory or "", change.reference, change.action_line or ""


def _of_topic(asked: Asked, topic: str) -> Iterable[Change]:
    told = (SQL / "changes" / f"{topic}.sql").read_text(encoding="utf-8")
    sql = f"""
        SELECT c.* EXCLUDE (source_id), s.title AS source, coalesce(s.url, '') AS url
        FROM ({told}) AS c JOIN source AS s USING (source_id)
    """
    return (Change(topic=topic, **row) for row in records(rows(asked, sql)))


def _within(asked: Asked, change: Change) -> bool:
    told = ((getattr(change, dimensions()[id].column, None), chosen) for id, chosen in asked.where)
    return all(value is None or value in chosen for value, chosen in told)
