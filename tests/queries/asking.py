"""The ways in which the query tests ask: of both programmes, as of days near and far, narrowed and not."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from impact_analytics.queries import Asked
from impact_analytics.settings import ROOT
from tests.oracle import Oracle
from tests.shipped import shipped

PROGRAMMES = ("impact", "example")
NARROWED = ("whole", "territory", "macro_area", "action_line", "both")
BEFORE, AFTER = date(2010, 1, 1), date(2040, 1, 1)


@dataclass(frozen=True)
class Way:
    """A question, and what the slow second answer needs to know of it."""

    asked: Asked
    oracle: Oracle
    day: date
    where: dict[str, tuple[str, ...]]

    @property
    def lines(self) -> tuple[str, ...] | None:
        return self.where.get("action_line")


@cache
def oracle(programme: str) -> Oracle:
    return Oracle(ROOT / "data" / programme)


def ways(programme: str, narrowed: str, count: int = 2) -> list[Way]:
    """Return questions before everything is known, on the programme's own day, in the far future and on days drawn."""
    snapshot, known, drawing = shipped(programme), oracle(programme), random.Random(f"{programme} {narrowed}")
    days = [date(2018, 3, 1) + timedelta(days=drawing.randrange(2600)) for _ in range(count)]
    found = []
    for day in [BEFORE, *sorted(days), snapshot.programme.default_as_of, AFTER]:
        where = choices(known, narrowed, drawing)
        found.append(Way(Asked(snapshot, day, tuple(sorted(where.items()))), known, day, where))
    return found


def choices(known: Oracle, narrowed: str, drawing: random.Random) -> dict[str, tuple[str, ...]]:
    territories, areas, lines = (
        sorted({row[name] for row in known.typed(table)})
        for name, table in (("territory", "territory"), ("macro_area", "macro_area"), ("action_line", "action_line"))
    )
    return {
        "whole": {},
        "territory": {"territory": tuple(drawing.sample(territories, 3))},
        "macro_area": {"macro_area": tuple(drawing.sample(areas, 2))},
        "action_line": {"action_line": tuple(drawing.sample(lines, 2))},
        "both": {"macro_area": tuple(drawing.sample(areas, 2)), "action_line": tuple(drawing.sample(lines, 1))},
    }[narrowed]
