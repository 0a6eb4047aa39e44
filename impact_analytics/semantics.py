"""The semantic layer: metrics and dimensions as our own files declare them, and the one SELECT that answers them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal

from impact_analytics.i18n import Words, document, words
from impact_analytics.settings import PACKAGE, SQL

METRICS = PACKAGE / "metrics"
DIMENSIONS = PACKAGE / "dimensions"
STRENGTH = ("published", "supplied", "estimate", "example")

Columns = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Metric:
    """A measure of a fact, or a ratio or difference of two metrics.

    A measure sums (or otherwise aggregates) one fact or mart; with `per` it first takes `inner` for each of those keys.
    """

    id: str
    unit: str
    better: Literal["up", "down", "none"] = "none"
    group: str = ""
    source: str = ""
    aggregate: str = ""
    where: str = ""
    per: tuple[str, ...] = ()
    inner: str = ""
    numerator: str = ""
    denominator: str = ""
    minuend: str = ""
    subtrahend: str = ""
    comparable: bool = False
    legal_base: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the metrics this one is made of; none for a measure."""
        return tuple(part for part in (self.numerator, self.denominator, self.minuend, self.subtrahend) if part)

    @property
    def adds(self) -> bool:
        """Say whether the values of parts make the value of the whole."""
        sums = self.aggregate.startswith(("sum(", "count(")) and "/" not in self.aggregate
        return sums and "DISTINCT" not in self.aggregate and not self.per

    @property
    def formula(self) -> str:
        """Return the formula: what is aggregated of which fact, or which metrics are divided or subtracted."""
        if self.numerator:
            return f"{self.numerator} / {self.denominator}"
        if self.minuend:
            return f"{self.minuend} - {self.subtrahend}"
        inner = f", inner_value = {self.inner} per {', '.join(self.per)}" if self.per else ""
        where = f" where {self.where}" if self.where else ""
        return f"{self.aggregate} of {self.source}{where}{inner}"

    def words(self, lang: str) -> Words:
        """Return name, short name, definition and caveat."""
        return words(METRICS / f"{self.id}.toml", lang)


@dataclass(frozen=True)
class Dimension:
    """A way to split or filter: a column of facts, and the table that names its values (blank: named in its file)."""

    id: str
    column: str
    table: str = ""
    name: str = "name"
    order: str = "name"
    position: int = 99
    filter: bool = False

    def words(self, lang: str) -> Words:
        """Return its name, plural and what stands for all of it."""
        return words(DIMENSIONS / f"{self.id}.toml", lang)


@dataclass(frozen=True)
class Query:
    """A SELECT with its parameters; `not_split` names the metrics it cannot answer and the dimensions they lack.

    Columns: as_of, one per dimension asked for (blank text where a row has none), and for each metric its value and
    `<metric>_basis`. A value made of rows of several bases is NULL with the basis `mixed`.
    """

    sql: str
    params: dict[str, Any]
    not_split: Mapping[str, tuple[str, ...]]


@cache
def metrics() -> dict[str, Metric]:
    """Return every metric of `metrics/` by id."""
    return {path.stem: _metric(path.stem) for path in sorted(METRICS.glob("*.toml"))}


@cache
def dimensions() -> dict[str, Dimension]:
    """Return every dimension of `dimensions/` by id, in their own order."""
    found = [Dimension(id=path.stem, **_plain(document(path))) for path in DIMENSIONS.glob("*.toml")]
    return {
        dimension.id: dimension for dimension in sorted(found, key=lambda dimension: (dimension.position, dimension.id))
    }


@cache
def mart(name: str) -> str:
    """Return the SELECT of a mart."""
    return (SQL / "marts" / f"{name}.sql").read_text(encoding="utf-8")


def measures(names: Iterable[str]) -> list[Metric]:
    """Return the measures under metrics, each once, in order."""
    found: dict[str, Metric] = {}
    for name in names:
        metric = metrics()[name]
        found |= {part.id: part for part in measures(metric.parts)} if metric.parts else {name: metric}
    return list(found.values())


def lacking(name: str, asked: Iterable[str], columns: Columns) -> tuple[str, ...]:
    """Return the dimensions among those asked for that a metric is not split by."""
    return tuple(
        dimension
        for dimension in asked
        if any(dimensions()[dimension].column not in source_columns(part, columns) for part in measures([name]))
    )


def source_columns(metric: Metric, columns: Columns) -> frozenset[str]:
    """Return the columns of a measure's fact or mart."""
    if metric.source.startswith("mart_"):
        return mart_columns(metric.source.removeprefix("mart_"))
    return columns.get(metric.source, frozenset())


@cache
def mart_columns(name: str) -> frozenset[str]:
    """Return the columns of a mart's last SELECT list, from its text."""
    body = re.split(r"^SELECT$", mart(name), flags=re.MULTILINE)[-1]
    listed = re.split(r"^FROM ", body, flags=re.MULTILINE)[0]
    return frozenset(re.findall(r"(\w+),?\s*$", listed, re.MULTILINE))


def select(names: Sequence[str], by: Sequence[str], where: Mapping[str, Sequence[str]], columns: Columns) -> Query:
    """Write the SELECT that answers metrics, split by dimensions and narrowed, for every day of `$days`.

    Each fact is aggregated on its own and joined on the dimensions. A metric whose fact lacks a dimension asked for is
    left out and named in `not_split`. Only ids of our own files reach the SQL; what readers chose are parameters.
    """
    narrowed = {dimension: list(chosen) for dimension, chosen in where.items() if chosen}
    asked = list(dict.fromkeys([*by, *narrowed]))
    not_split = {name: missing for name in names if (missing := lacking(name, asked, columns))}
    answered = [name for name in names if name not in not_split]
    base = measures(answered)
    parts = {f"m_{metric.id}": _measure_sql(metric, by, narrowed, columns) for metric in base}
    keys = ", ".join(["as_of", *by])
    parts["keys"] = " UNION ".join(
        [f"SELECT {keys} FROM m_{metric.id}" for metric in base] + ([] if by else ["SELECT as_of FROM day"])
    )
    shown = [f"k.{key}" for key in ("as_of", *by)]
    shown += [f"{_value(name)} AS {name}, {_basis(name)} AS {name}_basis" for name in answered]
    joins = "".join(f"\nLEFT JOIN m_{metric.id} USING ({keys})" for metric in base)
    body = f"SELECT {', '.join(shown)}\nFROM keys AS k{joins}\nORDER BY ALL"
    return Query(
        with_marts(parts, body), {f"w_{dimension}": chosen for dimension, chosen in narrowed.items()}, not_split
    )


def with_marts(parts: Mapping[str, str], body: str) -> str:
    """Put the days asked for and the marts that a SELECT reads before it and its own WITH."""
    needed = _marts_in(" ".join([*parts.values(), body]))
    tables = {"day": "SELECT unnest($days) AS as_of"} | {f"mart_{name}": mart(name) for name in needed} | dict(parts)
    own = re.match(r"\s*WITH\b", body)
    before = "WITH " + ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in tables.items())
    return f"{before},\n{body[own.end() :]}" if own else f"{before}\n{body}"


def used_params(sql: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the parameters that a SELECT names: the engine refuses others."""
    return {name: known[name] for name in set(re.findall(r"\$(\w+)", sql)) if name in known}


def weakest(bases: Iterable[str]) -> str:
    """Return the weakest of several bases."""
    return max(bases, key=STRENGTH.index)


def days(as_of: date, *others: date) -> list[date]:
    """Return the days to ask for, each once, in order."""
    return sorted({as_of, *others})


def _marts_in(text: str) -> list[str]:
    found: dict[str, None] = {}
    for name in dict.fromkeys(re.findall(r"\bmart_(\w+)\b", text)):
        found |= dict.fromkeys([*_marts_in(mart(name)), name])
    return list(found)


def _measure_sql(metric: Metric, by: Sequence[str], narrowed: Mapping[str, Sequence[str]], columns: Columns) -> str:
    keys = [f"coalesce(CAST(f.{dimensions()[id].column} AS VARCHAR), '') AS {id}" for id in by]
    known = "f.as_of = day.as_of" if metric.source.startswith("mart_") else _known(metric, columns)
    conditions = [f"f.{dimensions()[id].column} IN (SELECT unnest($w_{id}))" for id in narrowed]
    if metric.where:
        conditions.append(f"({metric.where})")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    source = f"FROM day JOIN {metric.source} AS f ON {known}{where}"
    heads = ", ".join(["day.as_of", *keys])
    basis = "CASE WHEN count(DISTINCT f.basis) > 1 THEN 'mixed' ELSE min(f.basis) END AS basis"
    if metric.per:
        per = ", ".join(f"f.{column} AS per_{column}" for column in metric.per)
        inside = f"SELECT {heads}, {per}, {metric.inner} AS inner_value, {basis} {source} GROUP BY ALL"
        outer = ", ".join(["f.as_of", *(f"f.{id}" for id in by)])
        return f"SELECT {outer}, {metric.aggregate} AS value, {basis} FROM ({inside}) AS f GROUP BY ALL"
    return f"SELECT {heads}, {metric.aggregate} AS value, {basis} {source} GROUP BY ALL"


def _known(metric: Metric, columns: Columns) -> str:
    span = " AND (f.known_to IS NULL OR day.as_of < f.known_to)"
    return "f.known_from <= day.as_of" + (span if "known_to" in source_columns(metric, columns) else "")


def _value(name: str) -> str:
    metric = metrics()[name]
    if metric.numerator:
        top, bottom = _value(metric.numerator), _value(metric.denominator)
        return f"CASE WHEN {bottom} <> 0 THEN CAST({top} AS DOUBLE) / CAST({bottom} AS DOUBLE) END"
    if metric.minuend:
        return f"({_value(metric.minuend)} - {_value(metric.subtrahend)})"
    return f"CASE WHEN m_{name}.basis <> 'mixed' THEN m_{name}.value END"


def _basis(name: str) -> str:
    metric = metrics()[name]
    if not metric.parts:
        return f"m_{name}.basis"
    found = [f"m_{part.id}.basis" for part in measures([name])]
    ranks = ", ".join(f"list_position({list(STRENGTH)!r}, {basis})" for basis in found)
    mixed = " OR ".join(f"{basis} = 'mixed'" for basis in found)
    return f"CASE WHEN {mixed} THEN 'mixed' ELSE list_extract({list(STRENGTH)!r}, greatest({ranks})) END"


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in table.items()
        if key not in ("it", "en")
    }


def _metric(id: str) -> Metric:
    return Metric(id=id, **_plain(document(METRICS / f"{id}.toml")))
