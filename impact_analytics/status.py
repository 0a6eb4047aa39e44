"""The status rules of a programme: what `status.toml` may say, when a rule fires, and what would lift it."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from impact_analytics.formats import UNITS, Unit
from impact_analytics.i18n import LANGUAGES, TextError, text
from impact_analytics.programme import Programme
from impact_analytics.semantics import Metric, measures, metrics
from impact_analytics.settings import SQL

FILE = "status.toml"
GRADES = ("late", "watch")  # what a rule gives, the graver first
ON_TRACK, NOT_KNOWN = "on_track", "not_known"
COMPARISONS = ("over", "at_least", "under", "at_most")
EMPTY = (NOT_KNOWN, "fine")  # what it means that a metric has no value
NEEDED = ("id", "grade", "metric", "comparison", "threshold", "means", "lift")
OPTIONAL = ("empty", "ground")
AMOUNT = "{amount}"
PROJECT = re.compile(r"^(\s+|SELECT .*)(\w+\.)?\bproject_id,", re.MULTILINE)  # among the columns of a fact or mart
LARGEST_SHARE = 2  # a share is written 0.6: what is larger was meant as per cent

SAMPLE = """\
[[rules]]
id = "sheets"
grade = "late"               # late, watch
metric = "sheets_missing"
comparison = "at_least"      # over, at_least, under, at_most
threshold = 3                # o / or "request_days", "-gap_late_points"
empty = "not_known"          # not_known, fine
means.it = "Mancano tre schede o più"
means.en = "Three sheets or more are missing"
lift.it = "schede non pervenute in meno: {amount}"
lift.en = "fewer sheets missing: {amount}"
ground.it = "art. ..."
ground.en = "Art. ..."
"""


class StatusError(TextError):
    """A fault of a `status.toml`, in a sentence that names the rule, the key and the value."""

    FILE = "status"


@dataclass(frozen=True)
class Rule:
    """One rule: the grade it gives where a metric of a project stands so to a threshold (in the metric's own scale).

    `named` is the threshold of `programme.toml` that it takes, blank where it has a number of its own.
    """

    id: str
    grade: str
    metric: str
    comparison: str
    threshold: Decimal
    named: str = ""
    empty: str = NOT_KNOWN
    means: Mapping[str, str] = field(default_factory=dict, hash=False)
    lift: Mapping[str, str] = field(default_factory=dict, hash=False)
    ground: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def unit(self) -> Unit:
        """Return the unit of its metric and of its threshold."""
        return UNITS[metrics()[self.metric].unit]


@dataclass(frozen=True)
class Verdict:
    """What a rule says of one value: whether it fired, None where that is not known."""

    rule: Rule
    value: Any
    fired: bool | None

    @property
    def amount(self) -> Decimal:
        """Return by how much the value has to move for the rule not to fire, in whole steps that can be read."""
        apart, step = abs(Decimal(str(self.value)) - self.rule.threshold), self.rule.unit.step
        steps, rest = divmod(apart, step)
        inclusive = self.rule.comparison in ("at_least", "at_most")
        return step * (steps + (1 if inclusive or rest else 0))


# ---------------------------------------------------------------- judging


def judged(rule: Rule, value: Any) -> Verdict:
    """Say whether a rule fires for a value; a value that is not there is not known, unless the rule calls it fine."""
    if value is None:
        return Verdict(rule, None, False if rule.empty == "fine" else None)
    found, threshold = Decimal(str(value)), rule.threshold
    fired = {
        "over": found > threshold,
        "at_least": found >= threshold,
        "under": found < threshold,
        "at_most": found <= threshold,
    }[rule.comparison]
    return Verdict(rule, value, fired)


def grade_of(verdicts: Sequence[Verdict]) -> str:
    """Return the grade of the first rule that fired; without one, on track only where every rule could be judged.

    A project of which no value is known at all is not on track by silence.
    """
    fired = next((verdict.rule.grade for verdict in verdicts if verdict.fired), None)
    if fired:
        return fired
    told = any(verdict.value is not None for verdict in verdicts)
    return ON_TRACK if told and all(verdict.fired is False for verdict in verdicts) else NOT_KNOWN


def to_lift(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return of the rules that fired those that ask most of a metric: where they are lifted, so are the others."""
    most: dict[tuple[str, bool], Verdict] = {}
    for verdict in verdicts:
        way = verdict.rule.metric, verdict.rule.comparison in ("over", "at_least")
        if verdict.fired and (way not in most or verdict.amount > most[way].amount):
            most[way] = verdict
    return list(most.values())


# ---------------------------------------------------------------- reading


def read(content: str, programme: Programme) -> tuple[tuple[Rule, ...], tuple[StatusError, ...]]:
    """Read a `status.toml`: its rules, in their order, and everything that is wrong with it; blank is no rule."""
    if not content.strip():
        return (), ()
    try:
        known = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        return (), (StatusError("toml", reason=error),)
    tables = known.get("rules")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return (), (StatusError("no_rules"),)
    faults = [StatusError("top", keys=", ".join(sorted(set(known) - {"rules"})))] if set(known) - {"rules"} else []
    for place, table in enumerate(tables, 1):
        faults += _faults(table, str(table.get("id") or place), programme)
    faults += _together(tables)
    return ((), tuple(faults)) if faults else (tuple(_rule(table, programme) for table in tables), ())


@cache
def can_be_asked(name: str) -> bool:
    """Say whether a metric has a number for each project."""
    return UNITS[metrics()[name].unit].id != "date" and all(_has_project(part) for part in measures([name]))


def _has_project(metric: Metric) -> bool:
    kind, _, name = metric.source.partition("_")
    folders = ("marts",) if kind == "mart" else ("facts", "views")
    paths = [path for folder in folders if (path := SQL / folder / f"{name}.sql").is_file()]
    return any(PROJECT.search(path.read_text(encoding="utf-8")) for path in paths)


def _faults(table: Mapping[str, Any], rule: str, programme: Programme) -> Iterator[StatusError]:
    missing = [key for key in NEEDED if key not in table]
    if missing:
        yield StatusError("missing", rule=rule, keys=", ".join(missing))
    unknown = sorted(set(table) - {*NEEDED, *OPTIONAL})
    if unknown:
        yield StatusError("unknown", rule=rule, keys=", ".join(unknown))
    if not re.fullmatch("[a-z0-9_]+", str(table.get("id", "id"))):
        yield StatusError("id", rule=rule)
    for key, allowed in (("grade", GRADES), ("comparison", COMPARISONS), ("empty", EMPTY)):
        if key in table and table[key] not in allowed:
            yield StatusError("choice", rule=rule, key=key, value=table[key], allowed=", ".join(allowed))
    yield from _metric_faults(table, rule)
    yield from _threshold_faults(table, rule, programme)
    yield from _word_faults(table, rule)


def _metric_faults(table: Mapping[str, Any], rule: str) -> Iterator[StatusError]:
    name = table.get("metric")
    if name is not None and (not isinstance(name, str) or name not in metrics()):
        yield StatusError("metric", rule=rule, value=name)
    elif name is not None and not can_be_asked(name):
        yield StatusError("metric_of_project", rule=rule, value=name)


def _threshold_faults(table: Mapping[str, Any], rule: str, programme: Programme) -> Iterator[StatusError]:
    value = table.get("threshold", 0)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        yield StatusError("threshold", rule=rule, value=value)
    elif isinstance(value, str) and value.removeprefix("-") not in programme.thresholds:
        known = ", ".join(programme.thresholds) or "–"
        yield StatusError("threshold_name", rule=rule, value=value, allowed=known)
    elif isinstance(value, float) and not Decimal(value).is_finite():
        yield StatusError("threshold", rule=rule, value=value)
    elif _is_share(table) and abs(_number(value, programme)) > LARGEST_SHARE:
        yield StatusError("share", rule=rule, value=value)


def _is_share(table: Mapping[str, Any]) -> bool:
    name = table.get("metric")
    return isinstance(name, str) and name in metrics() and metrics()[name].unit == "share"


def _word_faults(table: Mapping[str, Any], rule: str) -> Iterator[StatusError]:
    for key in ("means", "lift", "ground"):
        said = table.get(key, dict.fromkeys(LANGUAGES, AMOUNT))
        whole = isinstance(said, dict) and set(said) == set(LANGUAGES)
        if not whole or not all(isinstance(one, str) and one.strip() for one in said.values()):
            yield StatusError("words", rule=rule, key=key, languages=", ".join(LANGUAGES))
        elif key == "lift" and any(one.count(AMOUNT) != 1 or _braced(one) != [AMOUNT] for one in said.values()):
            yield StatusError("lift", rule=rule, place=AMOUNT)


def _braced(said: str) -> list[str]:
    return re.findall(r"\{[^}]*\}|[{}]", said)


def _together(tables: Sequence[Mapping[str, Any]]) -> Iterator[StatusError]:
    """Return what is wrong between rules: two of one id, a graver grade after a lighter one."""
    ids = [str(table["id"]) for table in tables if "id" in table]
    for id in dict.fromkeys(id for id in ids if ids.count(id) > 1):
        yield StatusError("twice", rule=id)
    graver, lighter = GRADES
    grades = [table.get("grade") for table in tables]
    first = grades.index(lighter) if lighter in grades else len(grades)
    for place in range(first, len(grades)):
        if grades[place] == graver:
            yield StatusError("order", rule=str(tables[place].get("id") or place + 1), graver=graver, lighter=lighter)


def _number(value: float | str, programme: Programme) -> Decimal:
    if not isinstance(value, str):
        return Decimal(str(value))
    number = Decimal(str(programme.thresholds[value.removeprefix("-")]))
    return -number if value.startswith("-") else number


def _rule(table: Mapping[str, Any], programme: Programme) -> Rule:
    """Return a rule; points are written as they are read (20), and held like the values they are compared with."""
    told, unit = table["threshold"], UNITS[metrics()[table["metric"]].unit]
    number = _number(told, programme)
    named = told.removeprefix("-") if isinstance(told, str) else ""
    return Rule(
        id=table["id"],
        grade=table["grade"],
        metric=table["metric"],
        comparison=table["comparison"],
        threshold=number / unit.scale if unit.id == "points" else number,
        named=named,
        empty=table.get("empty", NOT_KNOWN),
        means=table["means"],
        lift=table["lift"],
        ground=table.get("ground") or programme.grounds.get(named, {}),
    )


def lifted(verdict: Verdict, amount: str, lang: str) -> str:
    """Say what would lift a rule that fired, the amount as written."""
    return verdict.rule.lift[lang].replace(AMOUNT, amount)


def compared(rule: Rule, threshold: str, lang: str) -> str:
    """Say how a rule compares: more than 90 days."""
    return text("status", f"comparison_{rule.comparison}", lang, threshold=threshold)
