"""What pages ask of a snapshot: one module a subject, each function `Asked -> DataFrame`."""

from impact_analytics.queries.asked import (
    Asked,
    Value,
    answer,
    asked,
    by_id,
    history,
    ids,
    names,
    narrowed_sql,
    of_project,
    periods,
    rows,
    statements,
    value,
    values,
)

__all__ = [
    "Asked",
    "Value",
    "answer",
    "asked",
    "by_id",
    "history",
    "ids",
    "names",
    "narrowed_sql",
    "of_project",
    "periods",
    "rows",
    "statements",
    "value",
    "values",
]
