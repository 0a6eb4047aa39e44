"""Territories side by side by one metric, and all that is known of one of them: projects, facts, results, partners."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, Value, answer, narrowed_sql, rows, values
from impact_analytics.semantics import dimensions, lacking, metrics

WHERE_ONLY = ("territory", "macro_area")
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
    snapshot = asked.snapshot
    known = metrics()
    split = [id for id, one in known.items() if one.comparable and not lacking(id, ("territory",), snapshot.columns)]
    frame, _ = answer(Asked(snapshot, snapshot.programme.default_as_of), tuple(split), ("territory",))
    found = [id for id in split if id in frame and frame[id].notna().any()]
    return tuple(sorted(found, key=lambda id: (GROUPS.index(known[id].group), id)))


def places(asked: Asked, lang: str) -> pd.DataFrame:
    """Return every territory: id, label, title (of its projects), state (withdrawn, not_applied or blank), inside.

    `inside` says whether the reader's filters leave it in.
    """
    return rows(
        asked,
        f"""
        WITH known AS (
            SELECT
                p.territory,
                string_agg(q.title, '; ' ORDER BY p.project_id) AS title,
                bool_and(coalesce(p.withdrawn_on <= $as_of, FALSE)) AS withdrawn
            FROM fact_place AS p
            JOIN project AS q USING (project_id)
            WHERE p.known_from <= $as_of
            GROUP BY p.territory
        )
        SELECT
            t.territory AS id,
            t.name_{lang} AS label,
            coalesce(k.title, '') AS title,
            CASE WHEN NOT t.applied THEN 'not_applied' WHEN k.withdrawn THEN 'withdrawn' ELSE '' END AS state,
            {narrowed_sql(asked, "t")} AS inside
        FROM territory AS t
        LEFT JOIN known AS k USING (territory)
        ORDER BY label
        """,
    )


def by_metric(asked: Asked, metric: str, lang: str) -> pd.DataFrame:
    """Return every territory by a metric: id, label, title, state, inside, value, basis.

    What is known comes first, largest first; estimates follow by name, then what has no value.
    """
    wanted = [metric, *([ESTIMATES[metric]] if metric in ESTIMATES else [])]
    frame, _ = answer(everywhere(asked), tuple(wanted), ("territory",))
    known = {
        row["territory"]: (row[name], row[f"{name}_basis"])
        for name in reversed(wanted)
        if name in frame
        for row in records(frame[frame["as_of"] == asked.as_of])
        if row[name] is not None
    }
    found = places(asked, lang)
    pairs = [known.get(id, (None, "")) for id in found["id"]]
    whole = {
        name: pd.Series([pair[place] for pair in pairs], dtype=object) for place, name in enumerate(("value", "basis"))
    }
    found = found.assign(**whole)
    every = records(found)
    order = sorted(range(len(found)), key=lambda place: _rank(every[place]))
    return found.iloc[order].reset_index(drop=True)


def _rank(row: Mapping[Any, Any]) -> tuple[int, float, str]:
    if row["value"] is None:
        return 2, 0.0, str(row["label"])
    if row["basis"] == "estimate":
        return 1, 0.0, str(row["label"])
    return 0, -float(str(row["value"])), str(row["label"])


def not_split(asked: Asked, metric: str, lang: str) -> list[str]:
    """Return the names of the dimensions narrowed, other than where, that a metric is not split by."""
    missing = lacking(metric, everywhere(asked).chosen, asked.snapshot.columns)
    return [str(dimensions()[id].words(lang)["name"]).lower() for id in missing]


def figures(asked: Asked, names: tuple[str, ...]) -> dict[str, Value]:
    """Return metrics as of the day asked, an estimate in place of what no source states."""
    wanted = (*names, *(ESTIMATES[name] for name in names if name in ESTIMATES))
    found = values(asked, wanted)
    stands_in = {
        name: replace(found[ESTIMATES[name]], metric=name)
        for name in names
        if name in ESTIMATES and found[name].value is None and found[ESTIMATES[name]].value is not None
    }
    return {name: stands_in.get(name, found[name]) for name in names}


def points(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the bodies that have a place on the map: lon, lat, kind, name, role, territory."""
    return rows(
        asked,
        f"""
        SELECT b.lon, b.lat, b.kind, b.name, coalesce(r.name_{lang}, b.role) AS role, p.territory
        FROM partner AS b
        JOIN fact_place AS p USING (project_id)
        LEFT JOIN code AS r ON r.list = 'role' AND r.code = b.role
        WHERE b.known_from <= $as_of AND b.lon IS NOT NULL AND {narrowed_sql(asked, "p")} AND {_of_line(asked, "b")}
        ORDER BY b.kind, b.name
        """,
    )


def projects(asked: Asked, lang: str) -> pd.DataFrame:
    """Return a territory's projects as known by then, with their state, dates that have passed, note and source."""
    return rows(
        asked,
        f"""
        SELECT
            p.project_id,
            p.title,
            p.prog_code,
            p.cup,
            p.lead,
            p.url,
            coalesce(p.note_{lang}, '') AS note,
            m.state,
            CASE WHEN p.withdrawn_on <= $as_of THEN p.withdrawn_on END AS withdrawn_on,
            coalesce(p.withdrawn_precision, 'day') AS withdrawn_precision,
            CASE WHEN p.ended_on <= $as_of THEN p.ended_on END AS ended_on,
            coalesce(p.ended_precision, 'day') AS ended_precision,
            s.title AS source,
            coalesce(s.url, '') AS source_url
        FROM project AS p
        JOIN fact_place AS f USING (project_id)
        JOIN mart_project_state AS m ON m.project_id = p.project_id AND m.as_of = $as_of
        JOIN source AS s USING (source_id)
        WHERE {narrowed_sql(asked, "f")}
        ORDER BY p.project_id
        """,
    )


def recoveries(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what the projects of a territory have to pay back.

    Columns: ordered_on, ordered_eur, received_on, received_eur, reason, source.
    """
    return rows(
        asked,
        f"""
        SELECT
            r.ordered_on,
            r.ordered_eur,
            CASE WHEN r.received_on <= $as_of THEN r.received_on END AS received_on,
            CASE WHEN r.received_on <= $as_of THEN r.received_eur END AS received_eur,
            r.reason_{lang} AS reason
        FROM recovery AS r
        JOIN fact_place AS p USING (project_id)
        WHERE r.known_from <= $as_of AND r.ordered_on <= $as_of AND {narrowed_sql(asked, "p")}
        ORDER BY r.ordered_on
        """,
    )


def facts(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what happened to the projects of a territory, in order.

    Columns: on_date, precision, kind, about, day, amount_eur, act, source, url.
    `about` is the name of an act, a type of extension, a kind of payment or a title; `day` a term that was set.
    """
    return rows(
        asked,
        f"""
        WITH here AS (
            SELECT p.* FROM project AS p JOIN fact_place AS f USING (project_id)
            WHERE f.known_from <= $as_of AND {narrowed_sql(asked, "f")}
        ),
        term AS (
            SELECT d.*, coalesce(d.known_from, d.decided_not_after) AS on_date
            FROM deadline AS d
            JOIN here AS h ON d.call_id = h.call_id AND (d.project_id IS NULL OR d.project_id = h.project_id)
            WHERE coalesce(d.known_from, d.decided_not_after) <= $as_of
            AND (h.withdrawn_on IS NULL OR coalesce(d.known_from, d.decided_not_after) <= h.withdrawn_on)
        ),
        fact AS (
            SELECT started_on AS on_date, started_precision AS precision, 'started' AS kind, '' AS about,
                CAST(NULL AS DATE) AS day, CAST(NULL AS DECIMAL(18, 2)) AS amount_eur, source_id, '' AS act
            FROM here
            UNION ALL
            SELECT ended_on, ended_precision, 'ended', '', NULL, NULL, source_id, '' FROM here
            UNION ALL
            SELECT withdrawn_on, withdrawn_precision, 'withdrawn', '', NULL, NULL, source_id, '' FROM here
            UNION ALL
            SELECT t.on_date, 'day', CASE WHEN t.project_id IS NULL THEN 'call_term' ELSE 'own_term' END
                || CASE WHEN t.known_from IS NULL THEN '_by' ELSE '' END,
                t.extension, t.ends_on, NULL, t.source_id, coalesce(a.short_{lang}, '')
            FROM term AS t LEFT JOIN act AS a USING (act_id)
            UNION ALL
            SELECT a.adopted_on, 'day', 'act', a.title_{lang}, NULL, NULL, a.source_id, ''
            FROM act AS a JOIN here USING (project_id)
            WHERE a.known_from <= $as_of AND a.act_id NOT IN (
                SELECT act_id FROM term WHERE act_id IS NOT NULL
                UNION ALL SELECT act_id FROM recovery WHERE act_id IS NOT NULL
            )
            UNION ALL
            SELECT coalesce(c.paid_on, c.known_from), 'day',
                CASE WHEN c.paid_on IS NULL THEN 'paid_undated' ELSE 'paid' END,
                c.kind, NULL, c.amount_eur, c.source_id, ''
            FROM payment AS c JOIN here USING (project_id) WHERE c.known_from <= $as_of
            UNION ALL
            SELECT r.ordered_on, 'day', 'recovery_ordered', '', NULL, r.ordered_eur, r.source_id,
                coalesce(a.short_{lang}, '')
            FROM recovery AS r JOIN here USING (project_id) LEFT JOIN act AS a USING (act_id)
            WHERE r.known_from <= $as_of
            UNION ALL
            SELECT r.received_on, 'day', 'recovered', '', NULL, r.received_eur, r.source_id, ''
            FROM recovery AS r JOIN here USING (project_id) WHERE r.known_from <= $as_of
            UNION ALL
            SELECT c.requested_on, 'day', 'change_requested', c.title_{lang}, NULL, NULL, c.source_id, ''
            FROM change_request AS c JOIN here USING (project_id) WHERE c.known_from <= $as_of
            UNION ALL
            SELECT c.decided_on, 'day', 'change_' || c.outcome, c.title_{lang}, NULL, NULL, c.source_id, ''
            FROM change_request AS c JOIN here USING (project_id) WHERE c.known_from <= $as_of
        )
        SELECT f.on_date, coalesce(f.precision, 'day') AS precision, f.kind, f.about, f.day, f.amount_eur, f.act,
            s.title AS source, coalesce(s.url, '') AS url
        FROM fact AS f JOIN source AS s USING (source_id)
        WHERE f.on_date <= $as_of
        ORDER BY f.on_date, f.kind = 'withdrawn', f.kind
        """,
    )


def results(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the published results of a territory by line.

    Columns: line, name, kind, qualifier, value, unit, on_date, precision, source, url.
    """
    return rows(
        asked,
        f"""
        SELECT
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
        WHERE r.known_from <= $as_of AND {narrowed_sql(asked, "p")} AND {_of_line(asked, "r")}
        ORDER BY l.position IS NULL, l.position, r.kind DESC, r.value DESC
        """,
    )


def partners(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the bodies a source names in a territory, by kind.

    Columns: kind, kind_name, name, role, place, line, note, source, url.
    """
    return rows(
        asked,
        f"""
        SELECT
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
        WHERE b.known_from <= $as_of AND {narrowed_sql(asked, "p")} AND {_of_line(asked, "b")}
        ORDER BY k.position, b.kind, r.position, b.name
        """,
    )


def continuity(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what came before and after in a territory and in the whole programme, whenever it became known.

    Columns: direction, whole, title, amount_eur, starts_on and ends_on with their precision, known_from, source, url.
    """
    return rows(
        asked,
        f"""
        SELECT
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
        WHERE c.territory IS NULL OR {narrowed_sql(asked, "c", ("territory",))}
        ORDER BY c.direction DESC, whole, coalesce(c.starts_on, c.ends_on, c.known_from)
        """,
    )


def item_counts(asked: Asked) -> dict[str, int]:
    """Return how many items of each kind a territory has."""
    found = rows(
        asked,
        f"""
        SELECT i.kind, count(*) AS items FROM territory_item AS i
        WHERE i.known_from <= $as_of AND {narrowed_sql(asked, "i", ("territory",))} GROUP BY i.kind
        """,
    )
    return {str(kind): int(count) for kind, count in zip(found["kind"], found["items"], strict=True)}


def items(asked: Asked, kind: str, lang: str) -> pd.DataFrame:
    """Return a territory's items of one kind, the newest first.

    Columns: title, on_date, precision, url, source, source_url.
    """
    return rows(
        asked,
        f"""
        SELECT
            i.title_{lang} AS title,
            i.on_date,
            coalesce(i.on_precision, 'day') AS precision,
            coalesce(i.url, '') AS url,
            s.title AS source,
            coalesce(s.url, '') AS source_url
        FROM territory_item AS i
        JOIN source AS s USING (source_id)
        WHERE i.kind = $kind AND i.known_from <= $as_of AND {narrowed_sql(asked, "i", ("territory",))}
        ORDER BY i.on_date DESC NULLS LAST, title
        """,
        kind=kind,
    )


def _of_line(asked: Asked, alias: str) -> str:
    return narrowed_sql(asked, alias, ("action_line",))
