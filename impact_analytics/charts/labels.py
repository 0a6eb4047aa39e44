"""Room for words: how wide a label is, where it breaks, and where labels stand without touching.

Python does not know how wide the reader's screen is. Labels that do not touch in the narrowest plot do not touch in a
wider one, because places stretch and type does not: everything here is laid out for the narrowest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from typing import Literal

Anchor = Literal["left", "right"]

LINE = 17  # px from one line of type to the next
GAP = 6  # px between labels
THIN, BROAD = frozenset("ijlftrI.,:;'’|!()[]/ \u00a0-"), frozenset("mwMW%€@—→≈")
BREAK = "<br>"


@dataclass(frozen=True)
class Flag:
    """A label on a pole: on which side of the pole it is written, and how many levels up."""

    anchor: Anchor
    level: int


@dataclass(frozen=True)
class _Placed:
    pole: float
    start: float
    end: float
    flag: Flag

    def harm(self, other: "_Placed") -> int:
        """Return how badly two labels get in each other's way: one over the other is worse than a pole behind one."""
        if self.flag.level == other.flag.level:
            return 10 * (self.start < other.end + GAP and other.start < self.end + GAP)
        low, high = sorted((self, other), key=lambda placed: placed.flag.level)
        return int(low.start - 2 < high.pole < low.end + 2)


def width(text: str) -> float:
    """Return about how many pixels a line of type takes; of several lines the longest."""
    return max((sum(map(_advance, line)) for line in text.split(BREAK)), default=0.0)


def lines(text: str) -> int:
    """Count the lines of a label."""
    return text.count(BREAK) + 1


def shortened(text: str, room: float) -> str:
    """Cut a label to the pixels there are, and say so with an ellipsis."""
    if width(text) <= room:
        return escape(text, quote=False)
    kept = next(size for size in count(len(text) - 1, -1) if size <= 1 or width(text[:size] + "…") <= room)
    return escape(text[:kept].rstrip(), quote=False) + "…"


def wrapped(text: str, room: float, most: int = 2) -> str:
    """Break a label between words to the pixels there are; what does not fit in the last line is cut."""
    rows: list[str] = []
    for word in text.split(" "):
        joined = f"{rows[-1]} {word}" if rows else word
        if rows and (width(joined) <= room or len(rows) == most):
            rows[-1] = joined
        else:
            rows.append(word)
    return BREAK.join(shortened(row, room) for row in rows)


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Return the middles of labels as near as they can be to where they are wanted, without touching."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed = [0.0] * len(wanted)
    floor = low
    for index in order:
        placed[index] = max(wanted[index], floor + sizes[index] / 2)
        floor = placed[index] + sizes[index] / 2
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling - sizes[index] / 2)
        ceiling = placed[index] - sizes[index] / 2
    return placed


def levels(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return for each span from left to right the lowest level on which it touches no other."""
    ends: list[float] = []
    found = []
    for start, end in spans:
        free = next((level for level, taken in enumerate(ends) if taken + GAP <= start), len(ends))
        ends[free : free + 1] = [end]
        found.append(free)
    return found


def flags(shares: Sequence[float], widths: Sequence[float], room: float) -> list[Flag]:
    """Place labels at shares of a plot so that none touches another, and as few as can be another's pole."""
    order = sorted(range(len(shares)), key=shares.__getitem__)
    tries = [_planted(way, shares, widths, room) for way in (order[::-1], order)]
    best = min(tries, key=_cost)
    return [best[index].flag for index in range(len(shares))]


def _advance(character: str) -> float:
    if character in THIN:
        return 3.9
    if character in BROAD:
        return 9.6
    return 7.6 if character.isupper() else 6.7


def _planted(order: Sequence[int], shares: Sequence[float], widths: Sequence[float], room: float) -> dict[int, _Placed]:
    placed: dict[int, _Placed] = {}
    for index in order:
        choices = _choices(shares[index] * room, widths[index], room, len(shares))
        placed[index] = min(choices, key=lambda one: sum(one.harm(other) for other in placed.values()))
    return placed


def _choices(pole: float, size: float, room: float, most: int) -> list[_Placed]:
    right_of, left_of = (pole + 3, pole + 3 + size), (pole - 3 - size, pole - 3)
    sides: list[tuple[Anchor, tuple[float, float]]] = [("left", right_of), ("right", left_of)]
    fitting = [side for side in sides if side[1][0] >= -4 and side[1][1] <= room]
    if not fitting:
        fitting = sides[:1] if pole < room / 2 else sides[1:]
    return [_Placed(pole, *span, Flag(anchor, level)) for level in range(most) for anchor, span in fitting]


def _cost(placed: dict[int, _Placed]) -> tuple[int, int]:
    every = list(placed.values())
    touching = sum(one.harm(other) for one in every for other in every if one is not other)
    return touching, sum(one.flag.level for one in every)
