"""The list of projects: who they are, when they run, what they have, and how far they have come where that is known."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, answer, narrowed_sql, rows

PROGRESS = ("expenditure_progress", "gap", "sheets_missing")
OWN_NAMES = ("p.title", "p.prog_code", "p.cup", "p.lead", "t.name_it", "t.name_en")


def whole_lines(asked: Asked) -> Asked:
    """Return the question without its action lines: a project and its network are not split by them."""
    return replace(asked, where=tuple(pair for pair in asked.where if pair[0] != "action_line"))


def words_of(sought: str) -> tuple[str, ...]:
    """Return the words that a reader looks for; curly apostrophes count as straight ones."""
    return tuple(sought.replace("’", "'").split())


def found_sql(*columns: str) -> str:
    """Return the condition that every word of `$words` stands in these columns, whatever its case and accents."""
    text = f"replace(strip_accents(lower(concat_ws(' ', {', '.join(columns)}))), '’', '''')"
    return (
        "NOT EXISTS (SELECT 1 FROM (SELECT unnest(CAST($words AS VARCHAR[])) AS word) AS sought "
        f"WHERE NOT contains({text}, strip_accents(lower(sought.word))))"
    )


def listed(asked: Asked, lang: str, sought: str = "") -> pd.DataFrame:
    """Return one row per project, by territory: its names, codes, days with their precision, state, funding and basis,
    bodies, progress, and the bodies that the words sought were found in (`found`).

    `state` is active, past_term (its term is over and no end is known), ended, not_started or withdrawn. `amount_eur`
    is what a source states, `estimate_eur` an estimate: never both. Progress is None where there is no monitoring.
    """
    narrowed = whole_lines(asked)
    found = _projects(narrowed, lang, words_of(sought))
    return _with_progress(found, narrowed)


def _projects(asked: Asked, lang: str, words: tuple[str, ...]) -> pd.DataFrame:
    return rows(
        asked,
        f"""
        WITH known AS (
            SELECT project_id, sum(amount_eur) AS amount_eur, CAST(NULL AS DECIMAL(18, 2)) AS estimate_eur,
                min(basis) AS basis
            FROM fact_funding WHERE entry = 'assigned' AND known_from <= $as_of GROUP BY project_id
            UNION ALL
            SELECT project_id, NULL AS amount_eur, amount_eur AS estimate_eur, basis
            FROM fact_funding_estimate WHERE known_from <= $as_of
        ),
        body AS (
            SELECT project_id, count(*) AS bodies, string_agg(name, ' ') AS names,
                string_agg(name, '; ' ORDER BY name) FILTER (WHERE {found_sql("name")}) AS found
            FROM partner WHERE known_from <= $as_of GROUP BY project_id
        )
        SELECT p.project_id, p.territory, t.name_{lang} AS territory_name, p.title, p.lead, p.prog_code, p.cup, p.url,
            CASE WHEN p.started_on <= $as_of THEN p.started_on END AS started_on,
            coalesce(p.started_precision, 'day') AS started_precision,
            CASE WHEN p.ended_on <= $as_of THEN p.ended_on END AS ended_on,
            coalesce(p.ended_precision, 'day') AS ended_precision,
            CASE WHEN p.withdrawn_on <= $as_of THEN p.withdrawn_on END AS withdrawn_on,
            coalesce(p.withdrawn_precision, 'day') AS withdrawn_precision,
            CASE WHEN s.state <> 'withdrawn' THEN m.term_on END AS term_on,
            CASE WHEN s.state = 'active' AND m.term_on < $as_of THEN 'past_term' ELSE s.state END AS state,
            k.amount_eur, k.estimate_eur, coalesce(k.basis, '') AS basis, coalesce(b.bodies, 0) AS bodies,
            CASE WHEN NOT {found_sql(*OWN_NAMES)} THEN b.found END AS found
        FROM project AS p
        JOIN territory AS t USING (territory)
        JOIN mart_project_state AS s ON s.project_id = p.project_id AND s.as_of = $as_of
        LEFT JOIN mart_term AS m ON m.project_id = p.project_id AND m.as_of = $as_of
        LEFT JOIN known AS k ON k.project_id = p.project_id
        LEFT JOIN body AS b ON b.project_id = p.project_id
        WHERE {narrowed_sql(asked, "s")}
        AND {found_sql(*OWN_NAMES, "b.names")}
        ORDER BY territory_name, p.project_id
        """,
        words=words,
    )


def _with_progress(found: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    if not monitored(asked):
        return found.assign(**dict.fromkeys(PROGRESS))
    frame, _ = answer(asked, PROGRESS, ("project",))
    now = {row["project"]: row for row in records(frame) if row["as_of"] == asked.as_of}
    running = [row["project_id"] if row["state"] != "withdrawn" else "" for row in records(found)]
    columns = {name: [_progress(now.get(id), name) if id else None for id in running] for name in PROGRESS}
    return found.assign(**{name: pd.Series(values, dtype=object) for name, values in columns.items()})


def _progress(row: Mapping[Any, Any] | None, name: str) -> Any:
    value = row[name] if row else None
    return 0 if value is None and name == "sheets_missing" else value


def monitored(asked: Asked) -> bool:
    """Say whether the programme has monitoring sheets to expect at all."""
    return bool(rows(asked, "SELECT count(*) AS periods FROM reporting_period").iloc[0]["periods"])


def absent(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the territories of the selection that did not apply: label, note."""
    return rows(
        asked,
        f"""
        SELECT t.name_{lang} AS label, coalesce(t.note_{lang}, '') AS note
        FROM territory AS t WHERE NOT t.applied AND {narrowed_sql(asked, "t")} ORDER BY label
        """,
    )


def presented(asked: Asked) -> int:
    """Return how many projects the selection has before anything is sought."""
    return len(_projects(whole_lines(asked), "it", ()))
