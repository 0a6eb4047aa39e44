"""A second, slow, obvious answer: every measure in plain Python from the input rows, sharing no SQL with the first.

To add one, write a function named after the measure, with `@twin`, into the module of its group.
"""

from impact_analytics.plain import (
    cash,
    causes,
    changes,
    clocks,
    context,
    controls,
    expenditure,
    funding,
    network,
    projects,
    requests,
    results,
    sheets,
    terms,
)
from impact_analytics.plain.figures import TWINS, Figure, NotSplit, Part, Question, Recomputed, recomputed, twin
from impact_analytics.plain.rows import Row, Tables, decimal, read

MODULES = (
    cash,
    causes,
    changes,
    clocks,
    context,
    controls,
    expenditure,
    funding,
    network,
    projects,
    requests,
    results,
    sheets,
    terms,
)
__all__ = [
    "MODULES",
    "TWINS",
    "Figure",
    "NotSplit",
    "Part",
    "Question",
    "Recomputed",
    "Row",
    "Tables",
    "decimal",
    "read",
    "recomputed",
    "twin",
]
