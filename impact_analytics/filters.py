"""What the reader narrowed the view to, and its link: ids only, canonical order, defaults left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from urllib.parse import urlencode

Kind = Literal["one", "many", "day", "text"]


@dataclass(frozen=True)
class Choice:
    """A choice a link may carry; its name is filter id, widget key and link parameter at once.

    `options` None allows any id of the right form (a page judges it by its data).
    """

    id: str
    kind: Kind
    default: str = ""
    options: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Rejected:
    """A parameter of a link that could not be used."""

    name: str
    value: str
    reason: Literal["unknown_name", "unknown_value", "not_a_day", "too_many", "gone"]


@dataclass(frozen=True)
class Filters:
    """A reader's choices as values by id; absent means the default."""

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def all(self, id: str) -> tuple[str, ...]:
        """Return every value chosen for an id."""
        return dict(self.chosen).get(id, ())

    def one(self, id: str, default: str = "") -> str:
        """Return the value chosen for an id, or a default."""
        return next(iter(self.all(id)), default)

    def day(self, id: str, default: date) -> date:
        """Return the day chosen for an id, or a default."""
        chosen = self.one(id)
        return date.fromisoformat(chosen) if chosen else default

    def having(self, id: str, values: Iterable[str]) -> "Filters":
        """Return the same choices with one of them changed; no values takes it out."""
        kept = {name: chosen for name, chosen in self.chosen if name != id}
        wanted = tuple(dict.fromkeys(values))
        return replace(self, chosen=tuple(sorted((kept | ({id: wanted} if wanted else {})).items())))

    def where(self, dimensions: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the dimensions it narrows, with the ids chosen."""
        return {id: self.all(id) for id in dimensions if self.all(id)}


def from_pairs(pairs: Iterable[tuple[str, str]], choices: Sequence[Choice]) -> tuple[Filters, list[Rejected]]:
    """Read a link's parameters; what cannot be used is left out and returned."""
    known = {choice.id: choice for choice in choices}
    read: dict[str, list[str]] = {}
    rejected: list[Rejected] = []
    for name, value in pairs:
        if name not in known:
            rejected.append(Rejected(name, value, "unknown_name"))
        elif reason := _fault(known[name], value, read.get(name, [])):
            rejected.append(Rejected(name, value, reason))
        elif value not in read.get(name, []):
            read.setdefault(name, []).append(value)
    filters = Filters()
    for name, values in read.items():
        filters = filters.having(name, _ordered(known[name], _told(known[name], values)))
    return filters, rejected


def to_pairs(filters: Filters, choices: Sequence[Choice]) -> list[tuple[str, str]]:
    """Write a link's parameters in the order of the choices, defaults left out."""
    return [
        (choice.id, value) for choice in choices for value in _ordered(choice, _told(choice, filters.all(choice.id)))
    ]


def link(path: str, filters: Filters, choices: Sequence[Choice], **others: str | Sequence[str] | None) -> str:
    """Return the address of a page with these choices, some of them changed."""
    for id, value in others.items():
        filters = filters.having(id, [value] if isinstance(value, str) else value or [])
    pairs = to_pairs(filters, choices)
    return path + ("?" + urlencode(pairs) if pairs else "")


def _fault(choice: Choice, value: str, before: list[str]) -> Literal["unknown_value", "not_a_day", "too_many"] | None:
    if choice.kind == "day" and not _is_day(value):
        return "not_a_day"
    if choice.options is not None and value not in choice.options:
        return "unknown_value"
    return "too_many" if before and choice.kind != "many" and value not in before else None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _told(choice: Choice, values: Iterable[str]) -> list[str]:
    return [value for value in values if value and value != choice.default]


def _ordered(choice: Choice, values: Iterable[str]) -> tuple[str, ...]:
    places = {value: place for place, value in enumerate(choice.options or ())}
    return tuple(sorted(values, key=lambda value: (places.get(value, len(places)), value)))
