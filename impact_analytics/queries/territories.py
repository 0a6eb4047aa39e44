"""Territories side by side by one metric, and all that is known of one of them: projects, facts, results, partners."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, Value, answer, periods, rows, values
from impact_analytics.semantics import dimensions, lacking, metrics
from impact_analytics.store import Snapshot

WHERE_ONLY = ("territory", "macro_area")
PROJECT = (
    "project_id",
    "title",
    "prog_code",
    "cup",
    "lead",
    "url",
    "note",
    "state",
    "withdrawn_on",
    "withdrawn_precision",
    "ended_on",
    "ended_precision",
    "source",
    "source_url",
)
PLACE = ("id", "label", "title", "state", "inside", "project")
GROUPS = (
    "funding",
    "expenditure",
    "requests",
    "cash",
    "projects",
    "time",
    "clocks",
    "sheets",
    "changes",
    "controls",
    "network",
    "results",
    "context",
)
# What stands in, as an estimate, where no source states a metric.
ESTIMATES = {"funding": "funding_estimated"}


@dataclass(frozen=True)
class Measure:
    """A metric in words: what a title, an axis and a sentence say of it."""

    id: str
    name: str
    short: str
    definition: str
    unit: str
    group: str
    adds: bool


def measure(metric: str, lang: str) -> Measure:
    """Return a metric in words."""
    known, said = metrics()[metric], metrics()[metric].words(lang)
    return Measure(metric, said["name"], said["short"], said["definition"], known.unit, known.group, known.adds)


def everywhere(asked: Asked) -> Asked:
    """Ask the same of all territories."""
    return replace(asked, where=tuple(pair for pair in asked.where if pair[0] not in WHERE_ONLY))


def within(asked: Asked, territory: str) -> Asked:
    """Ask the same of one territory."""
    return replace(asked, where=tuple(sorted((*everywhere(asked).where, ("territory", (territory,))))))


def offered(asked: Asked) -> tuple[str, ...]:
    """Return the metrics that compare, that a territory splits, and that have a value on the programme's own day."""
    return _offered(asked.snapshot)


@lru_cache(maxsize=64)
def _offered(snapshot: Snapshot) -> tuple[str, ...]:
    known = metrics()
    split = [id for id, one in known.items() if one.comparable and not lacking(id, ("territory",), snapshot.columns)]
    frame, _ = answer(Asked(snapshot, snapshot.programme.default_as_of), tuple(split), ("territory",))
    found = [id for id in split if id in frame and frame[id].notna().any()]
    return tuple(sorted(found, key=lambda id: (GROUPS.index(known[id].group), id)))


def places(asked: Asked, lang: str) -> pd.DataFrame:
    """Return every territory: id, label, title (of its projects), state (withdrawn, not_applied or blank), inside,
    project (its first one, blank where there is none).

    `inside` says whether the reader's filters leave it in.
    """
    return _frame(every_place(asked, lang), PLACE)


def every_place(asked: Asked, lang: str) -> list[dict[str, Any]]:
    """Return the rows of `places`."""
    known = _known_places(asked.snapshot, asked.as_of, lang)
    return [
        {"id": id, "label": label, "title": title, "state": state, "inside": _in(asked, id, area), "project": project}
        for id, label, title, state, area, project in known
    ]


@lru_cache(maxsize=512)
def _known_places(snapshot: Snapshot, as_of: date, lang: str) -> list[tuple[str, ...]]:
    ever = _ever(Asked(snapshot, as_of))
    sql = f"""
        SELECT t.territory, t.name_{lang} AS label, t.applied, t.macro_area FROM territory AS t ORDER BY label
    """
    of_projects = """
        SELECT p.territory, p.project_id, q.title, p.withdrawn_on, p.known_from
        FROM fact_place AS p JOIN project AS q USING (project_id) ORDER BY p.project_id
    """
    known: dict[str, list[dict[str, Any]]] = {}
    for row in _kept(ever, of_projects):
        if row["known_from"] <= as_of:
            known.setdefault(row["territory"], []).append(row)
    return [_known_place(row, known.get(row["territory"], []), as_of) for row in _kept(ever, sql)]


def _known_place(row: Mapping[str, Any], projects: list[dict[str, Any]], as_of: date) -> tuple[str, ...]:
    title = "; ".join(project["title"] for project in projects if project["title"] is not None)
    gone = bool(projects) and all(_by(project["withdrawn_on"], as_of) for project in projects)
    state = ("withdrawn" if gone else "") if row["applied"] else "not_applied"
    first = next((project["project_id"] for project in projects), "")
    return row["territory"], row["label"], title, state, row["macro_area"], first


def by_metric(asked: Asked, metric: str, lang: str) -> pd.DataFrame:
    """Return every territory by a metric: id, label, title, state, inside, value, basis.

    What is known comes first, largest first; estimates follow by name, then what has no value.
    """
    known = _values(replace(everywhere(asked), days=()), metric)
    unknown = (None, "")
    found = [
        row | dict(zip(("value", "basis"), known.get(row["id"], unknown), strict=True))
        for row in every_place(asked, lang)
    ]
    return _frame(sorted(found, key=_rank), (*PLACE, "value", "basis"))


@lru_cache(maxsize=512)
def _values(asked: Asked, metric: str) -> dict[str, tuple[Any, str]]:
    """Return value and basis of a metric by territory, an estimate in place of what no source states."""
    wanted = (metric, *([ESTIMATES[metric]] if metric in ESTIMATES else []))
    frame, _ = answer(asked, wanted, ("territory",))
    every = [row for row in records(frame) if row["as_of"] == asked.as_of]
    return {
        row["territory"]: (row[name], row[f"{name}_basis"])
        for name in reversed(wanted)
        if name in frame
        for row in every
        if row[name] is not None
    }


def _rank(row: Mapping[str, Any]) -> tuple[int, float, str]:
    if row["value"] is None:
        return 2, 0.0, str(row["label"])
    if row["basis"] == "estimate":
        return 1, 0.0, str(row["label"])
    return 0, -float(str(row["value"])), str(row["label"])


def not_split(asked: Asked, metric: str, lang: str) -> list[str]:
    """Return the names of the dimensions narrowed, other than where, that a metric is not split by."""
    missing = lacking(metric, everywhere(asked).chosen, asked.snapshot.columns)
    return [str(dimensions()[id].words(lang)["name"]).lower() for id in missing]


def drawn(metric: str, rows: pd.DataFrame) -> list[str]:
    """Return the metrics that rows of `by_metric` show: the one asked, and its estimate where that stands in for it."""
    estimate = ESTIMATES.get(metric, "")
    return [metric, estimate] if estimate and (rows["basis"] == "estimate").any() else [metric]


def figures(asked: Asked, names: tuple[str, ...]) -> dict[str, Value]:
    """Return metrics as of the day asked, an estimate in place of what no source states."""
    wanted = (*names, *(ESTIMATES[name] for name in names if name in ESTIMATES))
    found = _figures(asked, wanted)
    stands_in = {
        name: replace(found[ESTIMATES[name]], metric=name, answers=ESTIMATES[name])
        for name in names
        if name in ESTIMATES and found[name].value is None and found[ESTIMATES[name]].value is not None
    }
    return {name: stands_in.get(name, found[name]) for name in names}


def _figures(asked: Asked, names: tuple[str, ...]) -> dict[str, Value]:
    """Return metrics of a territory out of those of all: they are answered once for every territory."""
    split = _split(everywhere(asked), names, ("territory",))
    here = next((row for row in split if (row["territory"],) == asked.chosen["territory"]), {})
    known = {name: Value(name, here[name], here[f"{name}_basis"], asked=asked) for name in names if name in here}
    return known | values(asked, left) if (left := tuple(name for name in names if name not in known)) else known


@lru_cache(maxsize=512)
def _split(asked: Asked, names: tuple[str, ...], by: tuple[str, ...]) -> list[dict[str, Any]]:
    return records(answer(asked, names, by)[0])


def by_line(asked: Asked, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return metrics of a territory by line; a metric that is not split so is left out."""
    split = _split(everywhere(asked), names, ("territory", "action_line"))
    return {row["action_line"]: row for row in split if (row["territory"],) == asked.chosen["territory"]}


def points(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the bodies that have a place on the map: lon, lat, kind, name, role, territory."""
    found = _kept(
        _ever(asked),
        f"""
        SELECT b.lon, b.lat, b.kind, b.name, coalesce(r.name_{lang}, b.role) AS role, p.territory,
            p.macro_area, b.action_line, b.known_from
        FROM partner AS b
        JOIN fact_place AS p USING (project_id)
        LEFT JOIN code AS r ON r.list = 'role' AND r.code = b.role
        WHERE b.lon IS NOT NULL
        ORDER BY b.kind, b.name
        """,
    )
    return _frame(_narrowed(asked, found), ("lon", "lat", "kind", "name", "role", "territory"))


def projects(asked: Asked, lang: str) -> pd.DataFrame:
    """Return a territory's projects as known by then, with their state, dates that have passed, note and source."""
    found = _of_day(
        asked,
        f"""
        SELECT
            m.as_of,
            f.territory,
            f.macro_area,
            p.project_id,
            p.title,
            p.prog_code,
            p.cup,
            p.lead,
            p.url,
            coalesce(p.note_{lang}, '') AS note,
            m.state,
            CASE WHEN p.withdrawn_on <= m.as_of THEN p.withdrawn_on END AS withdrawn_on,
            coalesce(p.withdrawn_precision, 'day') AS withdrawn_precision,
            CASE WHEN p.ended_on <= m.as_of THEN p.ended_on END AS ended_on,
            coalesce(p.ended_precision, 'day') AS ended_precision,
            s.title AS source,
            coalesce(s.url, '') AS source_url
        FROM project AS p
        JOIN fact_place AS f USING (project_id)
        JOIN mart_project_state AS m ON m.project_id = p.project_id
        JOIN source AS s USING (source_id)
        ORDER BY p.project_id
        """,
    )
    return _frame((row for row in found if _in(asked, row["territory"], row["macro_area"])), PROJECT)


def recoveries(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what the projects of a territory have to pay back.

    Columns: ordered_on, ordered_eur, received_on, received_eur, reason, source.
    """
    found = _kept(
        _ever(asked),
        f"""
        SELECT
            r.ordered_on,
            r.ordered_eur,
            r.received_on,
            r.received_eur,
            r.reason_{lang} AS reason,
            p.territory,
            p.macro_area,
            greatest(r.known_from, r.ordered_on) AS known_from
        FROM recovery AS r
        JOIN fact_place AS p USING (project_id)
        WHERE r.ordered_on IS NOT NULL
        ORDER BY r.ordered_on
        """,
    )
    not_yet = {"received_on": None, "received_eur": None}
    told = (
        row if _by(row["received_on"], asked.as_of) else row | not_yet for row in _narrowed(asked, found, of_line=False)
    )
    return _frame(told, ("ordered_on", "ordered_eur", "received_on", "received_eur", "reason"))


def facts(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what happened to the projects of a territory, in order.

    Columns: on_date, precision, kind, about, day, amount_eur, act, source, url.
    `about` is the name of an act, a type of extension, a kind of payment or a title; `day` a term that was set.
    """
    found = (
        row
        for row in _kept(_ever(asked), _facts_sql(lang))
        if _by(row["known_from"], asked.as_of) and not _by(row["told_from"], asked.as_of)
    )
    return _frame(row for row in found if _in(asked, row["territory"], row["macro_area"]))


def _facts_sql(lang: str) -> str:
    """Return the SELECT of all facts: each of its territory, known from a day, and told by another from a day."""
    return f"""
        WITH here AS (
            SELECT p.*, f.macro_area, f.known_from AS seen FROM project AS p JOIN fact_place AS f USING (project_id)
        ),
        term AS (
            SELECT d.*, coalesce(d.known_from, d.decided_not_after) AS on_date,
                h.territory AS place, h.macro_area, h.seen
            FROM deadline AS d
            JOIN here AS h ON d.call_id = h.call_id AND (d.project_id IS NULL OR d.project_id = h.project_id)
            WHERE coalesce(d.known_from, d.decided_not_after) IS NOT NULL
            AND (h.withdrawn_on IS NULL OR coalesce(d.known_from, d.decided_not_after) <= h.withdrawn_on)
        ),
        told AS (SELECT act_id, place, min(greatest(on_date, seen)) AS told_from FROM term GROUP BY ALL),
        fact AS (
            SELECT started_on AS on_date, started_precision AS precision, 'started' AS kind, '' AS about,
                CAST(NULL AS DATE) AS day, CAST(NULL AS DECIMAL(18, 2)) AS amount_eur, source_id, '' AS act,
                territory AS place, macro_area, seen, CAST(NULL AS DATE) AS told_from
            FROM here
            UNION ALL
            SELECT ended_on, ended_precision, 'ended', '', NULL, NULL, source_id, '', territory, macro_area, seen, NULL
            FROM here
            UNION ALL
            SELECT withdrawn_on, withdrawn_precision, 'withdrawn', '', NULL, NULL, source_id, '', territory, macro_area,
                seen, NULL
            FROM here
            UNION ALL
            SELECT t.on_date, 'day', CASE WHEN t.project_id IS NULL THEN 'call_term' ELSE 'own_term' END
                || CASE WHEN t.known_from IS NULL THEN '_by' ELSE '' END,
                t.extension, t.ends_on, NULL, t.source_id, coalesce(a.short_{lang}, ''), t.place, t.macro_area,
                t.seen, NULL
            FROM term AS t LEFT JOIN act AS a USING (act_id)
            UNION ALL
            SELECT a.adopted_on, 'day', 'act', a.title_{lang}, NULL, NULL, a.source_id, '', h.territory, h.macro_area,
                greatest(h.seen, a.known_from), o.told_from
            FROM act AS a JOIN here AS h USING (project_id)
            LEFT JOIN told AS o ON o.act_id = a.act_id AND o.place = h.territory
            WHERE a.known_from IS NOT NULL
            AND a.act_id NOT IN (SELECT act_id FROM recovery WHERE act_id IS NOT NULL)
            UNION ALL
            SELECT coalesce(c.paid_on, c.known_from), 'day',
                CASE WHEN c.paid_on IS NULL THEN 'paid_undated' ELSE 'paid' END,
                c.kind, NULL, c.amount_eur, c.source_id, '', h.territory, h.macro_area,
                greatest(h.seen, c.known_from), NULL
            FROM payment AS c JOIN here AS h USING (project_id) WHERE c.known_from IS NOT NULL
            UNION ALL
            SELECT r.ordered_on, 'day', 'recovery_ordered', '', NULL, r.ordered_eur, r.source_id,
                coalesce(a.short_{lang}, ''), h.territory, h.macro_area, greatest(h.seen, r.known_from), NULL
            FROM recovery AS r JOIN here AS h USING (project_id) LEFT JOIN act AS a USING (act_id)
            WHERE r.known_from IS NOT NULL
            UNION ALL
            SELECT r.received_on, 'day', 'recovered', '', NULL, r.received_eur, r.source_id, '', h.territory,
                h.macro_area, greatest(h.seen, r.known_from), NULL
            FROM recovery AS r JOIN here AS h USING (project_id) WHERE r.known_from IS NOT NULL
            UNION ALL
            SELECT c.requested_on, 'day', 'change_requested', c.title_{lang}, NULL, NULL, c.source_id, '',
                h.territory, h.macro_area, greatest(h.seen, c.known_from), NULL
            FROM change_request AS c JOIN here AS h USING (project_id) WHERE c.known_from IS NOT NULL
            UNION ALL
            SELECT c.decided_on, 'day', 'change_' || c.outcome, c.title_{lang}, NULL, NULL, c.source_id, '',
                h.territory, h.macro_area, greatest(h.seen, c.known_from), NULL
            FROM change_request AS c JOIN here AS h USING (project_id) WHERE c.known_from IS NOT NULL
        )
        SELECT f.on_date, coalesce(f.precision, 'day') AS precision, f.kind, f.about, f.day, f.amount_eur, f.act,
            s.title AS source, coalesce(s.url, '') AS url, f.place AS territory, f.macro_area,
            greatest(f.on_date, f.seen) AS known_from, f.told_from
        FROM fact AS f JOIN source AS s USING (source_id)
        WHERE f.on_date IS NOT NULL
        ORDER BY f.on_date, f.kind = 'withdrawn', f.kind
    """


def results(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the published results of a territory by line.

    Columns: line, name, kind, qualifier, value, unit, on_date, precision, source, url.
    """
    found = _kept(
        _ever(asked),
        f"""
        SELECT
            p.territory,
            p.macro_area,
            r.action_line,
            r.known_from,
            coalesce(l.name_{lang}, '') AS line,
            r.name_{lang} AS name,
            r.kind,
            r.qualifier,
            r.value,
            r.unit,
            r.on_date,
            coalesce(r.on_precision, 'day') AS precision,
            s.title AS source,
            coalesce(s.url, '') AS url
        FROM result AS r
        JOIN fact_place AS p USING (project_id)
        JOIN source AS s USING (source_id)
        LEFT JOIN action_line AS l USING (action_line)
        ORDER BY l.position IS NULL, l.position, r.kind DESC, r.value DESC
        """,
    )
    return _frame(_narrowed(asked, found))


def partners(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the bodies a source names in a territory, by kind.

    Columns: kind, kind_name, name, role, place, line, note, source, url.
    """
    found = _kept(
        _ever(asked),
        f"""
        SELECT
            p.territory,
            p.macro_area,
            b.action_line,
            b.known_from,
            b.kind,
            coalesce(k.name_{lang}, b.kind) AS kind_name,
            b.name,
            coalesce(r.name_{lang}, b.role) AS role,
            coalesce(b.municipality || coalesce(' (' || b.province || ')', ''), b.province, '') AS place,
            coalesce(l.name_{lang}, '') AS line,
            s.title AS source,
            coalesce(s.url, '') AS url
        FROM partner AS b
        JOIN fact_place AS p USING (project_id)
        JOIN source AS s USING (source_id)
        LEFT JOIN code AS k ON k.list = 'kind' AND k.code = b.kind
        LEFT JOIN code AS r ON r.list = 'role' AND r.code = b.role
        LEFT JOIN action_line AS l USING (action_line)
        ORDER BY k.position, b.kind, r.position, b.name
        """,
    )
    return _frame(_narrowed(asked, found))


def continuity(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what came before and after in a territory and in the whole programme, whenever it became known.

    Columns: direction, whole, title, amount_eur, starts_on and ends_on with their precision, known_from, source, url.
    """
    found = _kept(
        _ever(asked),
        f"""
        SELECT
            c.territory,
            t.macro_area,
            c.direction,
            c.territory IS NULL AS whole,
            c.title_{lang} AS title,
            c.amount_eur,
            c.starts_on,
            coalesce(c.starts_precision, 'day') AS starts_precision,
            c.ends_on,
            coalesce(c.ends_precision, 'day') AS ends_precision,
            c.known_from,
            s.title AS source,
            coalesce(s.url, '') AS url
        FROM continuity AS c
        JOIN source AS s USING (source_id)
        LEFT JOIN territory AS t ON t.territory = c.territory
        ORDER BY c.direction DESC, whole, coalesce(c.starts_on, c.ends_on, c.known_from)
        """,
    )
    return _frame(row for row in found if row["territory"] is None or _in(asked, row["territory"], row["macro_area"]))


def item_counts(asked: Asked) -> dict[str, int]:
    """Return how many items of each kind a territory has."""
    return Counter(str(row["kind"]) for row in _items(asked, "en"))


def items(asked: Asked, kind: str, lang: str) -> pd.DataFrame:
    """Return a territory's items of one kind, the newest first.

    Columns: title, on_date, precision, url, source, source_url.
    """
    found = (row for row in _items(asked, lang) if row["kind"] == kind)
    return _frame(found, ("title", "on_date", "precision", "url", "source", "source_url"))


def _items(asked: Asked, lang: str) -> list[dict[str, Any]]:
    sql = f"""
        SELECT
            i.territory,
            t.macro_area,
            i.known_from,
            i.kind,
            i.title_{lang} AS title,
            i.on_date,
            coalesce(i.on_precision, 'day') AS precision,
            coalesce(i.url, '') AS url,
            s.title AS source,
            coalesce(s.url, '') AS source_url
        FROM territory_item AS i
        JOIN source AS s USING (source_id)
        JOIN territory AS t ON t.territory = i.territory
        ORDER BY i.on_date DESC NULLS LAST, title
    """
    known = (row for row in _kept(_ever(asked), sql) if _by(row["known_from"], asked.as_of))
    return [row for row in known if _in(asked, row["territory"], row["macro_area"])]


# ---------------------------------------------------------------- what is remembered, and what a reader narrows it to


def _ever(asked: Asked) -> Asked:
    """Ask what no choice of a reader changes: day and filters are then looked up in the rows."""
    return Asked(asked.snapshot, asked.snapshot.programme.default_as_of)


@lru_cache(maxsize=512)
def _kept(asked: Asked, sql: str) -> list[dict[str, Any]]:
    return records(rows(asked, sql))


def _of_day(asked: Asked, sql: str) -> list[dict[str, Any]]:
    """Return the rows of the day asked, of a SELECT with `as_of`: days that readers are offered are put together."""
    offered = periods(asked.snapshot) if asked.made else (asked.as_of,)
    return _days(Asked(asked.snapshot, offered[-1], (), asked.without, offered), sql).get(asked.as_of, [])


@lru_cache(maxsize=512)
def _days(asked: Asked, sql: str) -> dict[date, list[dict[str, Any]]]:
    found: dict[date, list[dict[str, Any]]] = {}
    for row in records(rows(asked, sql)):
        found.setdefault(row["as_of"], []).append(row)
    return found


def _by(day: date | None, as_of: date) -> bool:
    return day is not None and day <= as_of


def _in(asked: Asked, territory: str, macro_area: str) -> bool:
    """Say whether the reader's filters leave a territory in."""
    chosen = asked.chosen
    return territory in chosen.get("territory", (territory,)) and macro_area in chosen.get("macro_area", (macro_area,))


def _narrowed(asked: Asked, found: Iterable[dict[str, Any]], *, of_line: bool = True) -> Iterable[dict[str, Any]]:
    """Keep what was known by then, in the territories and of the lines that the reader's filters leave in."""
    chosen = asked.chosen
    areas = [(name, chosen[name]) for name in (*WHERE_ONLY, *(("action_line",) if of_line else ())) if name in chosen]
    return (
        row for row in found if _by(row["known_from"], asked.as_of) and all(row[name] in only for name, only in areas)
    )


def _frame(found: Iterable[Mapping[str, Any]], names: tuple[str, ...] = ()) -> pd.DataFrame:
    every = list(found)
    heads = names or tuple(every[0] if every else ())
    return pd.DataFrame([[row[name] for name in heads] for row in every], columns=list(heads), dtype=object)
