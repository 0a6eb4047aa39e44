"""The semantic layer: metrics and dimensions as our own files declare them, and the one SELECT that answers them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
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

    @cached_property
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
    return list({measure.id: measure for name in names for measure in _under(name)}.values())


@cache
def _under(name: str) -> tuple[Metric, ...]:
    metric = metrics()[name]
    return tuple(measures(metric.parts)) if metric.parts else (metric,)


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


def select(
    metric: Metric,
    by: Sequence[str],
    narrowed: Sequence[str],
    columns: Columns,
    *,
    one_day: bool = False,
    one_basis: bool = False,
) -> str:
    """Write the SELECT that answers a measure and all others of its fact, for every day of `$days` (or for `$as_of`).

    Columns: as_of, one per dimension asked for (blank text where a row has none), and for each measure its value
    `v_<id>` and the least and greatest basis of its rows, `b_<id>` and `c_<id>` (not where the fact has `one_basis`).
    Each fact is aggregated on its own, so that no join can fan out. Only ids of our own files reach the SQL; what
    readers chose are parameters, named like the dimension.
    """
    day = "CAST($as_of AS DATE)" if one_day else "day.as_of"
    keys = [f"{day} AS as_of", *(f"coalesce(CAST(f.{dimensions()[id].column} AS VARCHAR), '') AS {id}" for id in by)]
    conditions = [_known(metric, columns, day)]
    conditions += [f"list_contains(${id}, f.{dimensions()[id].column})" for id in narrowed]
    tables = f"{metric.source} AS f WHERE" if one_day else f"day JOIN {metric.source} AS f ON"
    source = f"FROM {tables} {' AND '.join(conditions)}"
    if metric.per:
        return _each_sql(metric, keys, by, source)
    shared = sharing(metric)
    values = [f"{_filtered(one.aggregate, one)} AS v_{one.id}" for one in shared]
    bases = [] if one_basis else [_bases(one) for one in shared]
    return f"SELECT {', '.join([*keys, *values, *bases])} {source} GROUP BY ALL HAVING count(*) > 0"


def sharing(metric: Metric) -> list[Metric]:
    """Return the measures that one SELECT answers together with a measure."""
    if metric.per:
        return [metric]
    return [one for one in metrics().values() if one.source == metric.source and not one.per]


Found = Mapping[str, tuple[Any, str]]


def worked_out(name: str, found: Found) -> tuple[Any, str]:
    """Return a metric's value and basis from those of its measures.

    A value made of several bases is none, with the basis `mixed`; a ratio has the weakest basis of its parts.
    """
    metric = metrics()[name]
    basis = _weakest([found[part.id][1] for part in measures([name])])
    if basis == "mixed":
        return None, basis
    return _value(metric, found), basis


def _value(metric: Metric, found: Found) -> Any:
    if not metric.parts:
        return found[metric.id][0]
    first, second = (_value(metrics()[part], found) for part in metric.parts)
    if first is None or second is None:
        return None
    if metric.minuend:
        return first - second
    return float(first) / float(second) if second else None


def _weakest(bases: Iterable[str]) -> str:
    known = {basis for basis in bases if basis}
    if "mixed" in known:
        return "mixed"
    return max(known, key=STRENGTH.index, default="")


def with_marts(body: str, made: Columns) -> str:
    """Put the days asked for and the marts that a SELECT reads before it and its own WITH.

    A mart that the build has made for the days asked for is read; others are worked out for them.
    """
    tables = {"day": "SELECT unnest($days) AS as_of"} if re.search(r"\bday\b|\bmart_", body) else {}
    for name in _marts_in(body, made):
        ready = f"SELECT * FROM made_{name} WHERE list_contains($days, as_of)"
        tables[f"mart_{name}"] = ready if f"made_{name}" in made else mart(name)
    if not tables:
        return body
    own = re.match(r"\s*WITH\b", body)
    before = "WITH " + ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in tables.items())
    return f"{before},\n{body[own.end() :]}" if own else f"{before}\n{body}"


def used_params(sql: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the parameters that a SELECT names: the engine refuses others."""
    return {name: known[name] for name in _params_in(sql) if name in known}


@lru_cache(maxsize=4096)
def _params_in(sql: str) -> frozenset[str]:
    return frozenset(re.findall(r"\$(\w+)", sql))


def _marts_in(text: str, made: Columns) -> list[str]:
    found: dict[str, None] = {}
    for name in dict.fromkeys(re.findall(r"\bmart_(\w+)\b", text)):
        needed = [] if f"made_{name}" in made else _marts_in(mart(name), made)
        found |= dict.fromkeys([*needed, name])
    return list(found)


def _each_sql(metric: Metric, keys: Sequence[str], by: Sequence[str], source: str) -> str:
    per = [f"f.{column} AS per_{column}" for column in metric.per]
    inside = f"SELECT {', '.join([*keys, *per])}, {metric.inner} AS inner_value, min(f.basis) AS basis, "
    inside += f"max(f.basis) AS basis_most {source} GROUP BY ALL"
    basis = f"min(basis) AS b_{metric.id}, max(basis_most) AS c_{metric.id}"
    outer = ", ".join(["as_of", *by])
    return f"SELECT {outer}, {metric.aggregate} AS v_{metric.id}, {basis} FROM ({inside}) GROUP BY ALL"


def _filtered(aggregate: str, metric: Metric) -> str:
    return f"{aggregate} FILTER (WHERE {metric.where})" if metric.where else aggregate


def _bases(metric: Metric) -> str:
    least, most = (_filtered(f"{which}(f.basis)", metric) for which in ("min", "max"))
    return f"{least} AS b_{metric.id}, {most} AS c_{metric.id}"


def _known(metric: Metric, columns: Columns, day: str) -> str:
    if metric.source.startswith("mart_"):
        return f"f.as_of = {day}"
    span = f" AND (f.known_to IS NULL OR {day} < f.known_to)"
    return f"f.known_from <= {day}" + (span if "known_to" in source_columns(metric, columns) else "")


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in table.items()
        if key not in ("it", "en")
    }


def _metric(id: str) -> Metric:
    return Metric(id=id, **_plain(document(METRICS / f"{id}.toml")))
