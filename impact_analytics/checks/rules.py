"""Rules of `sql/rules/`: what no constraint can say."""

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import cache

import duckdb

from impact_analytics.formats import Unit, full
from impact_analytics.i18n import LANGUAGES
from impact_analytics.problems import MOST, Problem, Severity, rest
from impact_analytics.settings import SQL

AMOUNT = Unit("amount", 2)


@cache
def rules() -> dict[str, tuple[dict[str, str], str]]:
    """Return the rules of `sql/rules/` by id: their head (severity, it, en) and their SELECT."""
    found = {}
    for path in sorted((SQL / "rules").glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        found[path.stem] = dict(re.findall(r"^-- (severity|it|en): (.+)$", sql, re.MULTILINE)), sql
    return found


def broken_rules(db: duckdb.DuckDBPyConnection, lost: Collection[str], touched: Collection[str]) -> Iterator[Problem]:
    """Name what breaks a rule that reads a touched table and none that was lost."""
    for rule, (head, sql) in rules().items():
        read = read_by(sql)
        if read.intersection(lost) or not read.intersection(touched):
            continue
        severity: Severity = "error" if head["severity"] == "error" else "warning"
        rows = db.execute(
            f"SELECT *, count(*) OVER () AS broken FROM (\n{sql}\n) AS rows ORDER BY ALL LIMIT {MOST}"
        ).fetchall()
        found = [
            Problem(severity, rule, file, line, column, str(value), words=_said(head, value))
            for file, line, column, value, _ in rows
        ]
        yield from found
        yield from rest(found[0], rows[0][-1]) if found else []


def read_by(sql: str) -> set[str]:
    """Return the tables that a SELECT of ours reads, and the names it gives to its own parts."""
    return set(re.findall(r"\b(?:FROM|JOIN) (\w+)", sql))


def _said(head: Mapping[str, str], value: object) -> dict[str, str]:
    """Return a rule's sentence in every language, an amount written as that language writes it."""
    written = {lang: full(value, AMOUNT, lang) if isinstance(value, Decimal) else str(value) for lang in LANGUAGES}
    return {lang: head[lang].format(value=written[lang]) for lang in LANGUAGES}
