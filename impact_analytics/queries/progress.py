"""How far each action line has come: what was published, and what the sheets say of money, time and results."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any

import pandas as pd

from impact_analytics.formats import UNITS, Unit, day, listing, period
from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, Value, answer, history, names, narrowed_sql, periods, rows
from impact_analytics.queries.clocks import standing
from impact_analytics.semantics import lacking, metrics

EVERY = ("territory", "macro_area", "action_line")
OWN = ("action_line",)
WHERE = ("territory", "macro_area")
FLOWS = """
    SELECT f.territory, f.macro_area, f.action_line, f.period_id, sum(f.incurred_eur) AS value, min(f.basis) AS basis
    FROM fact_expenditure AS f WHERE f.entry = 'reported' AND f.known_from <= $as_of GROUP BY ALL
"""
CLOCKS = ("time_progress", "physical_progress", "expenditure_clock")


def lines(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the action lines asked for: line, place (from 0, among all lines), name, title, school_time."""
    return rows(
        asked,
        f"""
        SELECT x.action_line AS line, x.place, x.name_{lang} AS name, x.title_{lang} AS title, x.school_time
        FROM ({_placed()}) AS x WHERE {narrowed_sql(asked, "x", OWN)} ORDER BY x.place
        """,
    )


def school_lines(asked: Asked, lang: str) -> str:
    """Return the lines asked for that keep to the school year, in words; blank where there is none."""
    found = lines(asked, lang)
    kept = [name for name, school in zip(found["name"], found["school_time"], strict=True) if school]
    return listing(kept, lang) if kept else ""


# ---------------------------------------------------------------- what was published


def results(asked: Asked, lang: str) -> pd.DataFrame:
    """Return results as published, those of a project together, largest first: line (None where not stated), unit,
    name, qualifier, value, place, day, source, url, basis. They are listed, never added.
    """
    told = _kept(
        _of_day(asked),
        f"""
        SELECT x.territory, x.macro_area,
            r.action_line AS line, r.unit, r.name_{lang} AS name, r.qualifier, r.value, t.name_{lang} AS place,
            coalesce(r.on_date, r.known_from) AS "on", coalesce(r.on_precision, 'day') AS "precision",
            s.title AS source, coalesce(s.url, '') AS url, r.basis
        FROM result AS r
        JOIN fact_place AS x USING (project_id)
        JOIN territory AS t USING (territory)
        JOIN source AS s ON s.source_id = r.source_id
        WHERE r.kind = 'achieved' AND r.known_from <= $as_of
        ORDER BY max(r.value) OVER (PARTITION BY r.action_line, r.unit, r.project_id) DESC, place, r.value DESC
        """,
    )
    return _dated(_frame(row for row in _narrowed(asked, told) if _of_line(asked, row["line"])), lang)


def targets(asked: Asked, lang: str) -> pd.DataFrame:
    """Return targets as published beside what the same project published as reached: name (of the line), what, unit,
    qualifier, value, reached_qualifier, reached, place, source, url.
    """
    found = _kept(
        _of_day(asked),
        f"""
        WITH reached AS (
            SELECT project_id, action_line, unit, name_it, arg_max(value, known_from) AS value,
                arg_max(qualifier, known_from) AS qualifier
            FROM result WHERE kind = 'achieved' AND known_from <= $as_of GROUP BY ALL
        )
        SELECT x.territory, x.macro_area, r.action_line AS line,
            l.name, r.name_{lang} AS what, r.unit, r.qualifier, r.value, g.value AS reached,
            g.qualifier AS reached_qualifier, t.name_{lang} AS place, s.title AS source, coalesce(s.url, '') AS url
        FROM result AS r
        JOIN fact_place AS x USING (project_id)
        JOIN territory AS t USING (territory)
        JOIN source AS s ON s.source_id = r.source_id
        LEFT JOIN ({_named(lang)}) AS l USING (action_line)
        LEFT JOIN reached AS g ON g.project_id = r.project_id AND g.unit = r.unit AND g.name_it = r.name_it
            AND g.action_line IS NOT DISTINCT FROM r.action_line
        WHERE r.kind = 'target' AND r.known_from <= $as_of
        ORDER BY list_position(['persons', 'contacts', 'count', 'hours'], r.unit), l.place, place
        """,
    )
    return _frame(row for row in _narrowed(asked, found) if _of_line(asked, row["line"]))


def statements(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what sources said of progress, newest first: quote, quote_lang, meaning, line (name), day, source, url."""
    found = rows(
        asked,
        f"""
        SELECT x.quote, x.quote_lang, x.meaning_{lang} AS meaning, l.name AS line, x.on_date AS "on",
            'day' AS "precision", s.title AS source, coalesce(s.url, '') AS url
        FROM statement AS x
        JOIN source AS s ON s.source_id = x.source_id
        LEFT JOIN ({_named(lang)}) AS l USING (action_line)
        WHERE x.subject = 'progress' AND x.known_from <= $as_of
            AND (x.action_line IS NULL OR {narrowed_sql(asked, "x", OWN)})
        ORDER BY x.on_date DESC
        """,
    )
    return _dated(found, lang)


def gaps(asked: Asked, lang: str, page: str) -> pd.DataFrame:
    """Return what a reader of a page would ask and no source answers: title, reason."""
    sql = f"SELECT title_{lang} AS title, reason_{lang} AS reason FROM gap WHERE page = $page ORDER BY position"
    return rows(asked, sql, page=page)


# ---------------------------------------------------------------- expenditure and clocks


@lru_cache(maxsize=512)
def incurred(asked: Asked, lang: str) -> pd.DataFrame:
    """Return expenditure incurred by line at the end of each period, cumulative (EUR): series, label, position, on,
    value, basis, period_id, period.
    """
    found = list(_narrowed(asked, _kept(_of_day(asked), FLOWS), EVERY))
    basis = min((flow["basis"] for flow in found), default="")
    flows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for flow in found:
        flows.setdefault((flow["action_line"], flow["period_id"]), []).append(flow)
    series = {line for line, _ in flows}
    told = [
        (line["action_line"], line["name"], line["place"], *moment, period(moment[-1], lang))
        for line in _kept(_ever(asked), f"SELECT * FROM ({_named(lang)}) ORDER BY place")
        if line["action_line"] in series
        for moment in _course(line["action_line"], flows, _moments(asked, found), basis)
    ]
    heads = ["series", "label", "position", "on", "value", "basis", "period_id", "period"]
    return pd.DataFrame(told, columns=heads, dtype=object)


def _moments(asked: Asked, flows: list[dict[str, Any]]) -> list[tuple[date, str]]:
    """Return the ends of the periods from the first to the last with expenditure."""
    every = _kept(_ever(asked), "SELECT period_id, ends_on FROM reporting_period ORDER BY ends_on")
    ends = {row["period_id"]: row["ends_on"] for row in every}
    known = [ends[flow["period_id"]] for flow in flows if flow["period_id"] in ends]
    return [(end, id) for id, end in ends.items() if known and min(known) <= end <= max(known)]


def _course(
    line: str, flows: Mapping[tuple[str, str], list[dict[str, Any]]], moments: list[tuple[date, str]], basis: str
) -> Iterator[tuple[date, Decimal, str, str]]:
    """Return a line's expenditure at each moment: day, sum so far, basis, period."""
    sum_so_far = Decimal("0.00")
    for end, id in moments:
        here = flows.get((line, id), [])
        sum_so_far += sum((flow["value"] for flow in here if flow["value"] is not None), Decimal(0))
        yield end, sum_so_far, min((flow["basis"] for flow in here), default=basis), id


@dataclass(frozen=True)
class Arrived:
    """How complete the newest period is: its sheets in of those of the projects under way; sheets missing in all."""

    period: str
    sheets: int
    projects: int
    missing: int


@lru_cache(maxsize=512)
def arrived(asked: Asked, lang: str) -> Arrived | None:
    """Return how complete the newest period with a sheet is; None where there is no sheet."""
    found = rows(
        asked,
        f"""
        WITH grade AS (SELECT g.* FROM mart_sheet_grade AS g WHERE g.as_of = $as_of AND {narrowed_sql(asked, "g")}),
        newest AS (SELECT arg_max(period_id, ends_on) AS period_id FROM grade WHERE sheet_id IS NOT NULL)
        SELECT n.period_id,
            (SELECT count(sheet_id) FROM grade AS g WHERE g.period_id = n.period_id) AS sheets,
            (SELECT count(*) FROM fact_place AS p JOIN reporting_period AS r ON r.period_id = n.period_id
                WHERE coalesce(p.started_on, p.known_from) <= r.ends_on
                AND (p.ended_on IS NULL OR p.ended_on >= r.starts_on)
                AND (p.withdrawn_on IS NULL OR p.withdrawn_on >= r.ends_on) AND {narrowed_sql(asked, "p")}) AS projects,
            (SELECT count(*) FROM grade WHERE grade = 'missing') AS missing
        FROM newest AS n WHERE n.period_id IS NOT NULL
        """,
    )
    if found.empty:
        return None
    row = found.iloc[0]
    return Arrived(period(row["period_id"], lang), row["sheets"], row["projects"], row["missing"])


def acts(asked: Asked, lang: str) -> list[tuple[date, str]]:
    """Return the acts that moved the term of the whole call, known by then: day adopted, short name."""
    found = rows(
        asked,
        f"""
        SELECT DISTINCT a.adopted_on, a.short_{lang} AS short
        FROM deadline AS d JOIN act AS a USING (act_id)
        WHERE d.project_id IS NULL AND d.extension <> 'first' AND a.known_from <= $as_of AND d.known_from <= $as_of
        ORDER BY 1
        """,
    )
    return list(zip(found["adopted_on"], found["short"], strict=True))


@lru_cache(maxsize=512)
def clocks(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the three clocks by line: id, label, time, physical, expenditure (shares), basis."""
    found, _ = answer(asked, CLOCKS, ("action_line",))
    order = list(names(asked.snapshot, "action_line", lang).items())
    by_line = {row["action_line"]: row for row in records(found)}
    told = [
        (id, label, *(by_line[id][name] for name in CLOCKS), by_line[id][f"{CLOCKS[1]}_basis"] or "")
        for id, label in order
        if id in by_line
    ]
    return pd.DataFrame(told, columns=["id", "label", "time", "physical", "expenditure", "basis"], dtype=object)


def status(found: Value, thresholds: Mapping[str, float]) -> str:
    """Return how a gap stands by the programme's thresholds: on_track, watch, late; nothing where one is not known."""
    return standing(found.value, thresholds)


def a_year_before(day: date) -> date:
    """Return the same day a year before; the last of February is then its 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def course(asked: Asked, name: str, days: tuple[date, ...]) -> dict[date, Any]:
    """Return a metric by day, for the day asked and others; empty where it is not split so.

    Days a year before those that readers are offered are put together: another day is then known already.
    """
    offered = periods(asked.snapshot)
    wanted = sorted({asked.as_of, *days})
    before = _years_before(offered)
    if asked.without or not {*offered, *before}.issuperset(wanted) or asked.as_of not in offered:
        return dict(zip(wanted, history(replace(asked, days=days), name), strict=False))
    found = _history(replace(asked, days=tuple(day for day in wanted if day not in before)), name)
    if not set(wanted).isdisjoint(before):
        found |= _history(replace(asked, as_of=before[0], days=before), name)
    return {day: found[day] for day in wanted if day in found}


def _history(asked: Asked, name: str) -> dict[date, Any]:
    return dict(zip(asked.all_days, history(asked, name), strict=False))


@lru_cache(maxsize=64)
def _years_before(offered: tuple[date, ...]) -> tuple[date, ...]:
    return tuple(sorted({a_year_before(day) for day in offered}.difference(offered)))


# ---------------------------------------------------------------- line × territory


def split_metrics(asked: Asked, lang: str) -> dict[str, str]:
    """Return the metrics that compare and are split by territory and line, with their names."""
    fitting = [
        id
        for id, metric in metrics().items()
        if metric.comparable
        and metric.unit != "date"
        and not lacking(id, ("territory", "action_line"), asked.snapshot.columns)
    ]
    return {id: name(id, lang) for id in fitting}


def unit(metric: str) -> Unit:
    """Return how the values of a metric are written."""
    return UNITS[metrics()[metric].unit]


def name(metric: str, lang: str) -> str:
    """Return the name of a metric."""
    return str(metrics()[metric].words(lang)["name"])


def definition(metric: str, lang: str) -> str:
    """Return what a metric means."""
    return str(metrics()[metric].words(lang)["definition"])


@lru_cache(maxsize=512)
def grid(asked: Asked, metric: str, lang: str, not_stated: str) -> pd.DataFrame:
    """Return a metric by territory and line, no line stated last: row_id, row, column_id, column, value, basis."""
    found, _ = answer(asked, (metric,), ("territory", "action_line"))
    territories = names(asked.snapshot, "territory", lang)
    columns = dict(names(asked.snapshot, "action_line", lang)) | {"": not_stated}
    cells = {(row["territory"], row["action_line"]): row for row in records(found)}
    across = [line for line in columns if any(at == line for _, at in cells)]
    down = [place for place in territories if any(at == place for at, _ in cells)]
    told = [
        (place, territories[place], line, columns[line], *_known(cells.get((place, line)), metric))
        for place in down
        for line in across
    ]
    return pd.DataFrame(told, columns=["row_id", "row", "column_id", "column", "value", "basis"], dtype=object)


def _known(cell: Mapping[Any, Any] | None, metric: str) -> tuple[Any, str]:
    return (cell[metric], cell[f"{metric}_basis"] or "") if cell else (None, "")


def withdrawn(asked: Asked, lang: str) -> str:
    """Return the territories whose project has withdrawn by then, in words; blank where there is none."""
    found = rows(
        asked,
        f"""
        SELECT t.name_{lang} AS name FROM fact_place AS p JOIN territory AS t USING (territory)
        WHERE p.withdrawn_on <= $as_of AND {narrowed_sql(asked, "p")} ORDER BY name
        """,
    )
    return listing(found["name"], lang) if len(found) else ""


# ---------------------------------------------------------------- results in the sheets


def indicators(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the indicators of projects with sheets, not withdrawn: line (None: not of one line), name, unit, persons,
    value and target (None where persons of several projects would be added), projects with a target, projects that
    reached it, basis.
    """
    every = _kept(_of_day(asked), _targets_sql(lang))
    found = _narrowed(asked, every, EVERY)
    told = [_indicator(list(some)) for _, some in groupby(found, lambda row: row["indicator_id"])]
    return _frame(told)


def _indicator(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an indicator of all projects from those of each."""
    first, adds = found[0], not found[0]["persons"] or len(found) == 1
    values = [row["value"] for row in found if row["value"] is not None]
    return {
        **{name: first[name] for name in ("line", "indicator_id", "name", "unit", "persons")},
        "value": sum(values) if adds else None,
        "target": sum(row["target"] for row in found) if adds else None,
        "projects": len(found),
        "reached": sum(row["value"] is not None and row["value"] >= row["target"] for row in found),
        "basis": min(row["basis"] for row in found),
    }


def _targets_sql(lang: str) -> str:
    """Return the SELECT of the targets of projects with sheets, not withdrawn, beside what they reached."""
    return f"""
        WITH target AS (
            SELECT f.project_id, f.indicator_id, f.territory, f.macro_area, sum(f.target) AS target,
                min(f.basis) AS basis
            FROM fact_target AS f JOIN fact_place AS p USING (project_id)
            WHERE f.known_from <= $as_of AND (p.withdrawn_on IS NULL OR p.withdrawn_on > $as_of)
                AND f.project_id IN (SELECT project_id FROM fact_sheet_version WHERE known_from <= $as_of)
            GROUP BY ALL
        ),
        reached AS (
            SELECT project_id, indicator_id, sum(value) AS value
            FROM fact_physical WHERE known_from <= $as_of GROUP BY ALL
        )
        SELECT t.territory, t.macro_area, i.action_line, i.action_line AS line, i.indicator_id, i.name_{lang} AS name,
            i.unit, i.unique_persons AS persons, r.value, t.target, t.basis
        FROM target AS t
        JOIN indicator AS i USING (indicator_id)
        LEFT JOIN reached AS r USING (project_id, indicator_id)
        WHERE t.target > 0
        ORDER BY i.action_line NULLS LAST, i.level, i.unit, i.name_{lang}, i.indicator_id
    """


# ---------------------------------------------------------------- inside


def _ever(asked: Asked) -> Asked:
    """Ask what no choice of a reader changes."""
    return Asked(asked.snapshot, asked.snapshot.programme.default_as_of)


def _of_day(asked: Asked) -> Asked:
    """Ask for all of a day: what a reader narrows it to is looked up in the rows."""
    return Asked(asked.snapshot, asked.as_of)


@lru_cache(maxsize=512)
def _kept(asked: Asked, sql: str) -> list[dict[str, Any]]:
    return records(rows(asked, sql))


def _narrowed(
    asked: Asked, found: Iterable[dict[str, Any]], names: tuple[str, ...] = WHERE
) -> Iterator[dict[str, Any]]:
    """Keep the rows that the reader's filters leave in."""
    only = [(name, chosen) for name, chosen in asked.where if name in names]
    return (row for row in found if all(row[name] in chosen for name, chosen in only))


def _of_line(asked: Asked, line: str | None) -> bool:
    """Say whether the reader's filters leave a line in; what is of no line stays."""
    chosen = asked.chosen.get("action_line")
    return chosen is None or line is None or line in chosen


def _frame(found: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    every = list(found)
    return pd.DataFrame([[*row.values()] for row in every], columns=list(every[0]) if every else [], dtype=object)


def _placed() -> str:
    return "SELECT *, row_number() OVER (ORDER BY position, action_line) - 1 AS place FROM action_line"


def _named(lang: str) -> str:
    return f"SELECT action_line, place, name_{lang} AS name FROM ({_placed()})"


def _dated(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    if found.empty:
        return found
    return found.assign(day=[day(on, known, lang) for on, known in zip(found["on"], found["precision"], strict=True)])
