"""What needs action: every open matter as of a day, for how many days and how much, and whose turn it is."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from impact_analytics.frames import records
from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.queries.asked import Asked, rows
from impact_analytics.settings import SQL

TOPICS = tuple(texts("pending", LANGUAGES[0])["topics"])
LEGAL = "limits"
# What looks ahead, and so has no place in a programme that is concluded.
AHEAD = ("limits", "terms")
NARROWED = {"territory": "territory", "macro_area": "macro_area", "project": "project_id"}
TURNS = ("authority", "beneficiary", "auditor", "suspended", "nobody")


@dataclass(frozen=True)
class Item:
    """One open matter. `days` counts to a day that is ahead, else since `since_on`; without a project it is everyone's.

    `eur` is None where no amount is at stake, or where it would add amounts of different bases.
    """

    topic: str
    kind: str
    turn: str
    days: int
    reference: str
    since_on: date
    basis: str
    ahead: bool = False
    project_id: str | None = None
    territory: str | None = None
    macro_area: str | None = None
    eur: Decimal | None = None
    other_on: date | None = None
    other_eur: Decimal | None = None
    number: int | None = None
    count: int = 1
    listed: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    variant: str | None = None
    title_it: str | None = None
    title_en: str | None = None
    act_it: str | None = None
    act_en: str | None = None

    @property
    def legal(self) -> bool:
        """Say whether it is a term of law."""
        return self.topic == LEGAL

    @property
    def waited(self) -> int:
        """Return the days for which it has been open; of a day that is ahead, those still to come, negative."""
        return -self.days if self.ahead else self.days

    @property
    def weight(self) -> Decimal:
        """Return euro × days; nothing where no amount is at stake or nothing is open yet."""
        return (self.eur or Decimal(0)) * max(0, self.waited)


@dataclass(frozen=True)
class Sum:
    """What a topic comes to on one basis: how many matters, how many euro, the days of the oldest."""

    topic: str
    basis: str
    count: int
    eur: Decimal | None
    days: int | None


def pending(asked: Asked) -> tuple[Item, ...]:
    """Return what needs action, terms of law first by their day, then by euro × days, then by days.

    Narrowed to the territories asked for; a term of law concerns everyone and stays in, an action line narrows nothing.
    """
    return tuple(item for item in _every(replace(asked, where=(), days=())) if _within(asked, item))


def oldest_request(items: Iterable[Item]) -> Item | None:
    """Return the open payment request that was submitted first."""
    found = [item for item in items if item.topic == "requests"]
    return min(found, key=lambda item: (item.other_on or date.max, item.reference), default=None)


def largest_advance(items: Iterable[Item]) -> Item | None:
    """Return the largest advance that is not covered."""
    found = [item for item in items if item.topic == "advances" and item.eur is not None]
    return max(found, key=lambda item: (item.eur or Decimal(0), item.reference), default=None)


def sums(items: Sequence[Item]) -> tuple[Sum, ...]:
    """Return count, euro and the days of the oldest by topic and basis: amounts of different bases are not added."""
    together: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        together.setdefault((item.topic, item.basis), []).append(item)
    return tuple(
        _sum(topic, basis, own)
        for (topic, basis), own in sorted(together.items(), key=lambda pair: (TOPICS.index(pair[0][0]), pair[0][1]))
    )


# --- inside -----------------------------------------------------------------------------------------------------------


def _sum(topic: str, basis: str, items: Sequence[Item]) -> Sum:
    amounts = [item.eur for item in items if item.eur is not None]
    waited = [item.days for item in items if not item.ahead]
    total = sum(amounts, Decimal(0)) if amounts else None
    return Sum(topic, basis, sum(_matters(item) for item in items), total, max(waited, default=None))


def _matters(item: Item) -> int:
    """Return how many things a line tells of: a project's sheets and requests stand on one line."""
    return item.count if item.listed else 1


@lru_cache(maxsize=256)
def _every(asked: Asked) -> tuple[Item, ...]:
    topics = [topic for topic in TOPICS if asked.snapshot.programme.is_open or topic not in AHEAD]
    return tuple(sorted((item for topic in topics for item in _of_topic(asked, topic)), key=_place))


def _of_topic(asked: Asked, topic: str) -> Iterable[Item]:
    for row in records(rows(asked, _select(topic))):
        lists = {name: tuple(row.get(name) or ()) for name in ("listed", "protocols")}
        yield Item(topic=topic, **row | lists)


@cache
def _select(topic: str) -> str:
    """Return the SELECT of a topic without the comment above it: marts are put before its own WITH."""
    told = (SQL / "pending" / f"{topic}.sql").read_text(encoding="utf-8")
    return re.sub(r"\A(--.*\n)+", "", told)


def _place(item: Item) -> tuple[object, ...]:
    by_day = item.since_on if item.legal else date.max
    return not item.legal, by_day, -item.weight, -item.waited, TOPICS.index(item.topic), item.reference, item.kind


def _within(asked: Asked, item: Item) -> bool:
    told = ((getattr(item, column), asked.chosen[id]) for id, column in NARROWED.items() if id in asked.chosen)
    return all(value is None or value in chosen for value, chosen in told)
