"""What needs action in words: the same lines on the overview, on their page, in files and in the weekly digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from impact_analytics.formats import UNITS, full, listing, period, short_day
from impact_analytics.frames import records
from impact_analytics.i18n import Words, texts
from impact_analytics.queries.asked import Asked, names, rows
from impact_analytics.queries.pending import NARROWED, Item, Sum, oldest_request, pending, sums
from impact_analytics.store import Snapshot

LISTED = 4  # periods and numbers that a sentence names
THRESHOLD = "request_days"
# Which view shows a topic, and by which of an item's fields it is found there.
VIEWS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "limits": ("deadlines", {}),
    "requests": ("payments", {"request": "reference"}),
    "advances": ("project", {"project": "project_id"}),
    "recoveries": ("project", {"project": "project_id"}),
    "accounts": ("payments", {"request": "reference"}),
    "findings": ("controls", {"territory": "territory"}),
    "sheets": ("sheets", {"project": "project_id", "period": "reference"}),
    "changes": ("revisions", {"change": "reference"}),
    "terms": ("deadlines", {"territory": "territory"}),
}
# Columns of a table of lines, with the unit of those that hold numbers.
COLUMNS = {
    "topic": "", "who": "", "lead": "", "fact": "", "days": "days", "days_of": "", "eur": "eur", "eur_of": "",
    "reference": "", "turn": "", "step": "", "basis": "",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One open matter in words; written when it is read."""

    item: Item
    snapshot: Snapshot
    lang: str
    lead: str
    oldest: bool = False

    @property
    def words(self) -> Words:
        """Return the words about what needs action."""
        return texts("pending", self.lang)

    @property
    def topic(self) -> str:
        """Return the name of its topic."""
        return str(self.words["topics"][self.item.topic])

    @property
    def who(self) -> str:
        """Return the territory whose it is, or that it is everyone's."""
        place = self.item.territory
        return names(self.snapshot, "territory", self.lang)[place] if place else str(self.words["everyone"])

    @property
    def fact(self) -> str:
        """Return what is the case, with the ground where it has lasted too long."""
        item = self.item
        form = self.words["said"][item.topic][item.kind]
        said = form if isinstance(form, str) else form["one" if item.count == 1 else "many"]
        told = str(said).format_map(_Places(self)) + self._over
        return str(self.words["said"]["requests"]["oldest"]).format(said=told) if self.oldest else told

    @property
    def days(self) -> str:
        """Return for how many days it has been open, or how many are left."""
        if self.item.ahead and not self.item.days:
            return str(self.words["days"]["today"])
        key = "ahead" if self.item.ahead else "beyond" if self.item.kind == "beyond" else "since"
        return str(self.words["days"][key]).format(days=full(self.item.days, UNITS["days"], self.lang))

    @property
    def days_of(self) -> str:
        """Return what its days are counted from or to."""
        kinds = self.words["days_of"]
        topic, suffix = self.item.topic, "ahead" if self.item.ahead else self.item.kind
        return str(kinds.get(f"{topic}_{suffix}") or kinds[topic])

    @property
    def eur(self) -> str:
        """Return the amount in full; blank where there is none."""
        if self.item.basis == "mixed":
            return str(self.words["mixed"])
        return full(self.item.eur, UNITS["eur"], self.lang) if self.item.eur is not None else ""

    @property
    def eur_of(self) -> str:
        """Return what its amount is an amount of; blank where there is none."""
        return str(self.words["natures"][self.item.topic]) if self.item.eur is not None else ""

    @property
    def reference(self) -> str:
        """Return under what it is found in the files: request, act, protocol, period or number."""
        item = self.item
        if item.topic == "requests":
            return str(self.words["request"]).format(number=item.number, id=item.reference)
        if item.topic == "accounts":
            return str(self.words["requests"]).format(numbers=self._few(item.listed))
        if item.topic == "sheets":
            return self._protocols
        act = getattr(item, f"act_{self.lang}")
        return str(act or (self.words["act_not_found"] if item.topic in ("limits", "terms") else item.reference))

    @property
    def turn(self) -> str:
        """Return whose turn it is, by the programme's own name for them."""
        return turn_said(self.snapshot, self.item.turn, self.lang)

    @property
    def step(self) -> str:
        """Return what has to be done next."""
        return str(self.words["steps"][self.item.topic][self.item.kind])

    @property
    def basis(self) -> str:
        """Return the name of the ground on which it stands."""
        return str(texts("app", self.lang)["bases"][self.item.basis])

    @property
    def view(self) -> tuple[str, dict[str, str]]:
        """Return the page that shows it, and the choices with which it does."""
        slug, by = VIEWS[self.item.topic]
        return slug, {name: str(getattr(self.item, column)) for name, column in by.items()}

    @property
    def text(self) -> str:
        """Return the whole line: who, fact, days, amount, reference, whose turn, next step."""
        who = f"{self.who} ({self.lead})" if self.lead else self.who
        parts = (who, self.fact, self.days, self.eur, self.reference, self.turn, self.step)
        return " · ".join(part for part in parts if part)

    @property
    def _over(self) -> str:
        limit = self.snapshot.programme.thresholds.get(THRESHOLD)
        if self.item.topic != "requests" or self.item.turn == "suspended" or not limit or self.item.days <= limit:
            return ""
        ground = self.snapshot.programme.grounds.get(THRESHOLD, {}).get(self.lang, "–")
        return str(self.words["over_threshold"]).format(days=full(limit, UNITS["days"], self.lang), ground=ground)

    @property
    def _protocols(self) -> str:
        if self.item.protocols:
            return str(self.words["protocol"]).format(protocols=self._few(self.item.protocols))
        return period(self.item.reference, self.lang)

    def _few(self, listed: Sequence[str]) -> str:
        if len(listed) <= LISTED + 1:
            return listing(listed, self.lang)
        shown = ", ".join(listed[:LISTED])
        return str(self.words["listed_more"]).format(listed=shown, count=len(listed) - LISTED)


@dataclass(frozen=True)
class Matters:
    """What needs action as of a day, in one language: the lines of a topic and a turn, and the sums of all topics."""

    asked: Asked
    lang: str
    lines: tuple[Line, ...]
    sums: tuple[Sum, ...]

    @property
    def words(self) -> Words:
        """Return the words about what needs action."""
        return texts("pending", self.lang)

    @property
    def title(self) -> str:
        """Return what it is about: the programme and the day."""
        programme = self.asked.snapshot.programme
        day = short_day(self.asked.as_of, "day", self.lang)
        return str(self.words["digest"]["title"]).format(programme=programme.name[self.lang], as_of=day)

    @property
    def columns(self) -> list[tuple[str, str, str]]:
        """Return name, heading and unit of the columns of `table`."""
        return [(name, str(self.words["columns"][name]), unit) for name, unit in COLUMNS.items()]

    @property
    def table(self) -> pd.DataFrame:
        """Return every line as a row: words, but for days and euro, which stay numbers."""
        told = [{name: getattr(line, name) for name in COLUMNS} | numbers(line) for line in self.lines]
        return pd.DataFrame(told, columns=list(COLUMNS), dtype=object)


def plain(found: Matters) -> str:
    """Return the lines as plain text, for a mail or a terminal: mark, title, the rule of order, then each line."""
    words, told = found.words["digest"], [bulleted(line.text) for line in found.lines]
    head = [*marked(found.asked.snapshot, found.lang), found.title]
    narrowed = [
        names(found.asked.snapshot, id, found.lang)[value]
        for id, chosen in found.asked.where
        if id in NARROWED
        for value in chosen
    ]
    if narrowed:
        head.append(listing(narrowed, found.lang))
    if not told:
        return "\n".join([*head, "", str(found.words["none"]), ""])
    actions = str(words["actions"]).format(count=len(told))
    return "\n".join([*head, "", actions, str(found.words["rule"]), str(words["legend"]), *told, ""])


def bulleted(sentence: str) -> str:
    """Return a sentence as a line of a plain list."""
    return f"- {sentence}"


def marked(snapshot: Snapshot, lang: str) -> list[str]:
    """Return the line that says that every value is invented; none where they are not."""
    return [str(texts("app", lang)["example_band"])] if snapshot.programme.is_example else []


@lru_cache(maxsize=256)
def matters(asked: Asked, lang: str, topic: str = "", turn: str = "") -> Matters:
    """Return what needs action, all of it or what is of one topic and at one turn."""
    items = pending(asked)
    kept = [item for item in items if topic in ("", item.topic) and turn in ("", item.turn)]
    return Matters(asked, lang, lines(asked, lang, kept, oldest_request(items)), sums(items))


def lines(asked: Asked, lang: str, items: Sequence[Item], oldest: Item | None) -> tuple[Line, ...]:
    """Return open matters in words."""
    found = records(rows(asked, "SELECT project_id, lead FROM project"))
    leads = {row["project_id"]: row["lead"] for row in found}
    return tuple(Line(item, asked.snapshot, lang, leads.get(item.project_id, ""), item is oldest) for item in items)


def numbers(line: Line) -> dict[str, Any]:
    """Return what of a line stays a number."""
    return {"days": line.item.days, "eur": line.item.eur}


def turn_said(snapshot: Snapshot, turn: str, lang: str) -> str:
    """Return the programme's own name for whose turn it is."""
    known = texts("pending", lang)["turns"]
    return str(known[turn]) if turn in known else snapshot.programme.role(turn, lang)


def sum_said(found: Sum, lang: str) -> str:
    """Return what a topic comes to, in words: how many, how many euro and of what, the days of the oldest."""
    words = texts("pending", lang)
    parts = [words["digest"]["of_sum"].format(topic=words["topics"][found.topic], count=found.count)]
    if found.eur is not None:
        parts.append(f"{full(found.eur, UNITS['eur'], lang)} ({words['natures'][found.topic]})")
    if found.days is not None:
        parts.append(words["digest"]["oldest"].format(days=full(found.days, UNITS["days"], lang)))
    return " · ".join(parts)


# --- inside -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Places:
    """The places that a sentence leaves open, filled when they are asked for."""

    line: Line

    def __getitem__(self, place: str) -> str:
        return str(getattr(self, place))

    @cached_property
    def item(self) -> Item:
        return self.line.item

    @property
    def lang(self) -> str:
        return self.line.lang

    @property
    def number(self) -> str:
        return str(self.item.number)

    @property
    def count(self) -> str:
        return full(self.item.count, UNITS["count"], self.lang)

    @property
    def since(self) -> str:
        return short_day(self.item.since_on, "day", self.lang)

    @property
    def other(self) -> str:
        return short_day(self.item.other_on, "day", self.lang)

    @property
    def other_eur(self) -> str:
        return full(self.item.other_eur, UNITS["eur"], self.lang)

    @property
    def title(self) -> str:
        return str(getattr(self.item, f"title_{self.lang}") or "").rstrip(".")

    @property
    def variant(self) -> str:
        return str(self.line.words["variants"][self.item.variant]).format(since=self.since)

    @property
    def listed(self) -> str:
        of_periods = self.item.topic == "sheets"
        return self.line._few([period(one, self.lang) if of_periods else one for one in self.item.listed])  # noqa: SLF001
