"""Where sources contradict themselves: how they are read, and what figures would be if they were read otherwise."""

from dataclasses import replace
from functools import lru_cache

import pandas as pd

from impact_analytics.queries.asked import Asked, rows, values
from impact_analytics.queries.changes import Moved
from impact_analytics.semantics import metrics
from impact_analytics.store import Snapshot


def register(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what the sources contradict: id, quote, problem, treatment, source, publisher, url."""
    return rows(
        asked,
        f"""
        SELECT c.contradiction_id AS id, c.quote, c.problem_{lang} AS problem, c.treatment_{lang} AS treatment,
            s.title AS source, s.publisher, coalesce(s.url, '') AS url
        FROM contradiction AS c
        JOIN source AS s USING (source_id)
        ORDER BY c.position
        """,
    )


def alternatives(asked: Asked) -> pd.DataFrame:
    """Return what the other readings change in the data: id, table, chosen_by, wanted, column, value, file, line.

    A blank column means that the rows would be left out.
    """
    return rows(
        asked,
        """
        SELECT contradiction_id AS id, table_name AS "table", key_column AS chosen_by, key_value AS wanted,
            coalesce(column_name, '') AS "column", "value", "file", line
        FROM alternative
        ORDER BY "file", line
        """,
    )


@lru_cache(maxsize=256)
def effect(asked: Asked, other: Snapshot) -> tuple[Moved, ...]:
    """Return every figure that is another one by the other reading: before as treated, after as not."""
    names = tuple(metrics())
    treated, untreated = values(asked, names), values(replace(asked, snapshot=other), names)
    every = (Moved(treated[name], untreated[name]) for name in names)
    return tuple(moved for moved in every if moved.changed)


def compared() -> int:
    """Return how many figures are compared."""
    return len(metrics())
