"""Changes in words: sentences by topic, the same on a page, in a file and on a terminal."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from impact_analytics.formats import UNITS, difference, estimate, full, listing, period, short_day
from impact_analytics.i18n import Words, texts
from impact_analytics.queries.asked import Asked, names
from impact_analytics.queries.changes import TOPICS, Change, Moved, changes, headlines
from impact_analytics.semantics import metrics
from impact_analytics.store import Snapshot

PRECISIONS = ("day", "month", "year")
# What is told together: kinds of changes that one sentence counts, where these columns are the same.
COUNTED = {
    "presented": ("known_on",),
    "started": (),
    "assigned": ("known_on", "basis"),
    "term_taken_over": ("whole", "after", "variant"),
    "term_taken_over_by": ("whole", "after", "variant"),
    "received": ("period_id",),
    "received_late": ("period_id",),
    "to_be_completed": ("period_id",),
}
# What is also added up: a sentence about several changes, before they are told one by one.
SUMS = {
    "funding_moved": ("funding_moved",),
    "submitted": ("submitted",),
    "decided": ("decided", "decided_whole"),
    "paid": ("paid", "paid_for"),
    "change_requested": ("requested",),
    "change_decided": ("change_approved", "change_refused", "change_withdrawn"),
    "checked": ("checked",),
    "found": ("found", "found_cut"),
    "closed": ("closed",),
}
SUMMED = {kind: sum_id for sum_id, kinds in SUMS.items() for kind in kinds}
# Which view shows what a sentence tells, and with which of its own choices.
VIEWS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "acts": ("overview", {}),
    "terms": ("deadlines", {}),
    "limits": ("deadlines", {}),
    "projects": ("projects", {}),
    "funding": ("funding", {}),
    "sheets": ("sheets", {}),
    "requests": ("territories", {"metric": "eligible"}),
    "cash": ("territories", {"metric": "paid"}),
    "change_requests": ("territories", {"metric": "changes_waiting"}),
}
# Shown on the page of the project they are of.
OF_A_PROJECT = {"acts", "terms", "projects", "funding", "requests", "cash", "change_requests", "controls"}


@dataclass(frozen=True)
class Sentence:
    """A sentence about one change, or about several told together; written when it is read."""

    snapshot: Snapshot
    lang: str
    changes: tuple[Change, ...]
    sum_id: str = ""

    @property
    def known_on(self) -> date:
        """Return the day on which the last of it became known."""
        return max(change.known_on for change in self.changes)

    @property
    def day(self) -> str:
        """Return when it happened, else became known, as far as that is known; of several the last, of a sum none."""
        if self.sum_id:
            return ""
        last = max(self.changes, key=lambda change: change.known_on)
        precision: Any = max((change.precision for change in self.changes), key=PRECISIONS.index)
        return short_day(last.happened_on or last.known_on, precision, self.lang)

    @property
    def count(self) -> int:
        """Return how many things it tells: a correction counts once, however many figures it changes."""
        return len({change.reference for change in self.changes})

    @property
    def basis(self) -> str:
        """Return the basis of what it tells."""
        found = {change.basis for change in self.changes}
        return found.pop() if len(found) == 1 else "mixed"

    @property
    def of_period(self) -> bool:
        """Say whether it counts what a period brought."""
        return "period_id" in COUNTED.get(self.changes[0].kind, ())

    @property
    def head(self) -> str:
        """Return whose it is: a territory, a period, or what of the whole programme."""
        return _Told(self).head

    @property
    def body(self) -> str:
        """Return what happened."""
        return _Told(self).body

    @property
    def cited(self) -> str:
        """Return the act by which it happened; blank where it is several, none or named already."""
        named = self.sum_id or self.count > 1 or self.changes[0].kind == "adopted"
        return "" if named else _Told(self).act

    @property
    def text(self) -> str:
        """Return the whole sentence."""
        return f"{self.head}: {self.body}" + (f" · {self.cited}" if self.cited else "")

    @property
    def view(self) -> tuple[str, Mapping[str, str | list[str]]]:
        """Return the page that shows it and the choices it is shown with; no page where none does."""
        first = self.changes[0]
        slug, choices = VIEWS.get(first.topic, ("", {}))
        if self.count > 1 or not first.territory:
            return slug, choices
        if first.topic in OF_A_PROJECT and first.project_id:
            return "project", {"project": first.project_id}
        if first.topic == "sheets":
            return slug, {"project": first.project_id or "", "period": first.period_id or ""}
        return slug, {"territory": [first.territory]}


@dataclass(frozen=True)
class Section:
    """The sentences of one topic: sums first, then the newest."""

    topic: str
    title: str
    sentences: tuple[Sentence, ...]
    changes: tuple[Change, ...]

    @property
    def count(self) -> int:
        """Return how many things happened: a correction counts once, however many figures it changes."""
        return len({(change.kind, change.reference) for change in self.changes})


@dataclass(frozen=True)
class Report:
    """What changed between two days, in one language."""

    asked: Asked
    since: date
    lang: str
    moved: tuple[Moved, ...]
    sections: tuple[Section, ...]

    @property
    def words(self) -> Words:
        """Return the words about changes."""
        return texts("changes", self.lang)

    @property
    def days(self) -> dict[str, str]:
        """Return the two days as written."""
        found = {"since": self.since, "as_of": self.asked.as_of}
        return {name: short_day(day, "day", self.lang) for name, day in found.items()}

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Return title and address of the documents behind the changes, the most used first."""
        cited = Counter((change.source, change.url) for section in self.sections for change in section.changes)
        return sorted(cited, key=lambda source: (-cited[source], source))

    @property
    def title(self) -> str:
        """Return what it is about."""
        return str(self.words["title"]).format(**self.days)

    @property
    def nothing(self) -> str:
        """Return the sentence that there is no change; blank where there are some."""
        if self.moved or self.sections:
            return ""
        key = "nothing" if self.since < self.asked.as_of else "same_day"
        return str(self.words[key]).format(**self.days)


@lru_cache(maxsize=256)
def report(asked: Asked, since: date, lang: str) -> Report:
    """Return what changed after one day and by the day asked."""
    found = changes(asked, since)
    of_topic = {topic: [change for change in found if change.topic == topic] for topic in TOPICS}
    sections = tuple(_section(asked.snapshot, lang, topic, own) for topic, own in of_topic.items() if own)
    return Report(asked, since, lang, headlines(asked, since), sections)


def told(snapshot: Snapshot, lang: str, found: Iterable[Change]) -> list[Sentence]:
    """Return changes as sentences: sums first, then the newest."""
    every = list(found)
    together: dict[tuple[Any, ...], list[Change]] = {}
    added: dict[str, list[Change]] = {}
    for change in every:
        same = COUNTED.get(change.kind, ("reference",))
        together.setdefault((change.kind, *(getattr(change, name) for name in same)), []).append(change)
        added.setdefault(SUMMED.get(change.kind, ""), []).append(change)
    sums = [
        Sentence(snapshot, lang, tuple(own), sum_id)
        for sum_id, own in added.items()
        if sum_id and len(own) > 1 and len({change.basis for change in own}) == 1
    ]
    singles = [Sentence(snapshot, lang, tuple(own)) for own in together.values()]
    return sums + sorted(singles, key=lambda one: one.known_on, reverse=True)


def figure_said(moved: Moved, lang: str) -> str:
    """Return how a headline figure moved, in words."""
    said = texts("changes", lang)
    before, after = (value_said(value.value, moved.unit, lang, value.basis) for value in (moved.before, moved.after))
    if moved.difference is None:
        key = "became_known" if moved.before.value is None else "became_unknown"
        return str(said[key]).format(before=before, after=after)
    return str(said["moved"]).format(before=before, after=after, difference=difference_said(moved, lang))


def value_said(value: Any, unit: str, lang: str, basis: str = "") -> str:
    """Return a value in full, with its unit; an estimate with its sign."""
    if value is None:
        return str(texts("app", lang)["not_known"])
    if unit == "date":
        return short_day(value, "day", lang)
    return estimate(value, UNITS[unit], lang) if basis == "estimate" else full(value, UNITS[unit], lang)


def difference_said(moved: Moved | Change, lang: str) -> str:
    """Return a difference with its sign and unit; nothing where there is none."""
    if moved.difference is None or moved.unit is None:
        return ""
    return difference(moved.difference, UNITS[moved.unit], lang)


def plain(found: Report) -> str:
    """Return a report as plain text, for a mail, the minutes or a terminal."""
    programme = found.asked.snapshot.programme
    lines = [str(texts("app", found.lang)["example_band"])] if programme.is_example else []
    lines.append(str(found.words["document"]).format(programme=programme.name[found.lang], **found.days))
    if found.asked.where:
        lines.append(str(found.words["narrowed"]).format(chosen=_narrowing(found)))
    return "\n".join([*lines, *listed(found), ""])


def listed(found: Report) -> list[str]:
    """Return the headline figures and the sentences of a report as lines of plain text, a blank before each part."""
    if found.nothing:
        return ["", found.nothing]
    lines = []
    if found.moved:
        named = [(metrics()[one.metric].words(found.lang)["name"], one) for one in found.moved]
        lines += ["", str(found.words["headlines"])]
        lines += [f"- {name}: {figure_said(one, found.lang)}" for name, one in named]
    for section in found.sections:
        lines += ["", f"{section.title} ({section.count})"]
        lines += [f"- {' · '.join(part for part in (one.day, one.text) if part)}" for one in section.sentences]
    return lines


# --- inside -----------------------------------------------------------------------------------------------------------


def _section(snapshot: Snapshot, lang: str, topic: str, found: Sequence[Change]) -> Section:
    title = str(texts("changes", lang)["topics"][topic])
    return Section(topic, title, tuple(told(snapshot, lang, found)), tuple(found))


def _narrowing(found: Report) -> str:
    chosen = [
        names(found.asked.snapshot, dimension, found.lang).get(id, id)
        for dimension, ids in found.asked.where
        for id in ids
    ]
    return listing(chosen, found.lang)


@dataclass(frozen=True)
class _Told:
    """The places that a text leaves open, filled from the changes of a sentence when they are asked for."""

    sentence: Sentence

    def __getitem__(self, place: str) -> str:
        return str(getattr(self, place))

    @property
    def lang(self) -> str:
        return self.sentence.lang

    @property
    def first(self) -> Change:
        return self.sentence.changes[0]

    @cached_property
    def words(self) -> Words:
        return texts("changes", self.lang)

    @property
    def head(self) -> str:
        change, count = self.first, self.sentence.count
        if self.sentence.sum_id or (count > 1 and not change.period_id):
            return str(self.words["all" if self.sentence.sum_id else "several"])
        if change.period_id and self.sentence.of_period:
            return period(change.period_id, self.lang)
        if change.period_id:
            return str(self.words["sheet"]).format(place=self.place, period=period(change.period_id, self.lang))
        if change.territory:
            return self.place
        return str(self.words["heads"].get(change.kind) or self._limit or self.act)

    @property
    def body(self) -> str:
        if self.sentence.sum_id:
            return str(self.words["sums"][self.sentence.sum_id]).format_map(self)
        form = self.words["said"][self.first.kind]
        said = form if isinstance(form, str) else form["one" if self.sentence.count == 1 else "many"]
        return str(said).format_map(self)

    @property
    def count(self) -> int:
        return self.sentence.count

    @property
    def place(self) -> str:
        return self._of_place(self.first.territory)

    @property
    def places(self) -> str:
        named = {self._of_place(change.territory) for change in self.sentence.changes if change.territory}
        return listing(sorted(named), self.lang)

    @property
    def act(self) -> str:
        return str(getattr(self.first, f"act_{self.lang}") or "")

    @property
    def title(self) -> str:
        return str(getattr(self.first, f"title_{self.lang}") or "").rstrip(".")

    @property
    def number(self) -> str:
        return str(self.first.number)

    @property
    def variant(self) -> str:
        return str(self.words["variants"][self.first.variant])

    @property
    def day(self) -> str:
        return short_day(self.first.known_on, "day", self.lang)

    @property
    def months(self) -> str:
        return difference(self.first.months, UNITS["months"], self.lang)

    @property
    def before(self) -> str:
        return self._value("before")

    @property
    def after(self) -> str:
        return self._value("after")

    @property
    def difference(self) -> str:
        found = [change.difference for change in self._of_one_figure if change.difference is not None]
        return difference(sum(found), UNITS[self.first.unit or ""], self.lang) if found else ""

    @property
    def figures(self) -> str:
        """Return what a correction changes, amounts by line and indicators one by one."""
        changes = self.sentence.changes
        amounts = {change.variant: change for change in changes if change.variant != "indicator"}
        said = [self._amounts(variant or "") for variant in amounts]
        return "; ".join(said + [self._indicator(change) for change in changes if change.variant == "indicator"])

    def _amounts(self, variant: str) -> str:
        own = [change for change in self.sentence.changes if change.variant == variant]
        lines = names(self.sentence.snapshot, "action_line", self.lang)
        by_line = [
            str(self.words["figures"]["per_line"]).format(
                line=lines[change.action_line or ""], difference=self._eur((change.after or 0) - (change.before or 0))
            )
            for change in own
        ]
        if len(own) == 1:
            by_line = [lines[own[0].action_line or ""]]
        whole = self._eur(sum((change.after or 0) - (change.before or 0) for change in own))
        return str(self.words["figures"][variant]).format(difference=whole, lines=", ".join(by_line))

    def _indicator(self, change: Change) -> str:
        key = "new" if change.before is None else "gone" if change.after is None else "indicator"
        return str(self.words["figures"][key]).format(
            title=getattr(change, f"title_{self.lang}"),
            before=value_said(change.before, change.unit or "count", self.lang),
            after=value_said(change.after, change.unit or "count", self.lang),
            difference=difference_said(change, self.lang),
        )

    def _eur(self, value: Any) -> str:
        return difference(value, UNITS["eur"], self.lang)

    @property
    def _limit(self) -> str:
        return str(texts("app", self.lang)["limit_short"].get(self.first.variant, ""))

    @property
    def _of_one_figure(self) -> Sequence[Change]:
        return self.sentence.changes if self.first.unit == "eur" else (self.first,)

    def _value(self, name: str) -> str:
        found = [getattr(change, name) for change in self._of_one_figure]
        known = [value for value in found if value is not None]
        if self.first.unit == "eur" and known:
            return full(sum(known), UNITS["eur"], self.lang)
        return value_said(known[0] if known else None, self.first.unit or "count", self.lang)

    def _of_place(self, territory: str | None) -> str:
        return names(self.sentence.snapshot, "territory", self.lang)[territory or ""]
