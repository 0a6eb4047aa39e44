"""How the funding is allocated: what is published, what is estimated, by which rule, and how the endowment changed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from impact_analytics.queries.asked import Asked, narrowed_sql, rows


@dataclass(frozen=True)
class Equation:
    """Total = known + not broken down, to the cent; None where there is no total to be broken down."""

    total_eur: Decimal | None
    known_eur: Decimal
    known: int
    estimated: int

    @property
    def rest_eur(self) -> Decimal | None:
        """Return what the sources do not break down."""
        return None if self.total_eur is None else self.total_eur - self.known_eur


def equation(asked: Asked) -> Equation:
    """Return the whole call's equation: it is one sum, so it is not narrowed."""
    row = rows(
        asked,
        """
        SELECT
            (SELECT sum(amount_eur) FROM fact_endowment
             WHERE total AND known_from <= $as_of AND (known_to IS NULL OR $as_of < known_to)) AS total_eur,
            (SELECT coalesce(sum(amount_eur), 0) FROM fact_funding
             WHERE entry = 'assigned' AND known_from <= $as_of) AS known_eur,
            (SELECT count(DISTINCT project_id) FROM fact_funding WHERE known_from <= $as_of) AS known,
            (SELECT count(*) FROM fact_funding_estimate WHERE known_from <= $as_of) AS estimated
        """,
    ).iloc[0]
    return Equation(row["total_eur"], Decimal(row["known_eur"]), int(row["known"]), int(row["estimated"]))


def by_territory(asked: Asked, lang: str) -> pd.DataFrame:
    """Return funding by territory: id, label, value (EUR), basis, note, state, project.

    Known amounts come first, largest first; estimates follow by name, since an estimate is never ranked.
    A project without a known or estimated amount has no value; `state` is withdrawn where the project has withdrawn.
    """
    return rows(
        asked,
        f"""
        WITH known AS (
            SELECT project_id, sum(amount_eur) AS value, min(basis) AS basis
            FROM fact_funding WHERE entry = 'assigned' AND known_from <= $as_of GROUP BY project_id
            UNION ALL
            SELECT project_id, amount_eur, basis FROM fact_funding_estimate WHERE known_from <= $as_of
        )
        SELECT
            p.territory AS id,
            t.name_{lang} AS label,
            k.value,
            coalesce(k.basis, '') AS basis,
            '' AS note,
            CASE WHEN p.withdrawn_on <= $as_of THEN 'withdrawn' ELSE '' END AS state,
            p.project_id AS project
        FROM fact_place AS p
        JOIN territory AS t USING (territory)
        LEFT JOIN known AS k USING (project_id)
        WHERE p.known_from <= $as_of AND {narrowed_sql(asked, "p")}
        ORDER BY k.basis = 'estimate', k.value IS NULL, CASE WHEN k.basis <> 'estimate' THEN k.value END DESC, label
        """,
    )


def shares(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the shares of funding of projects, where known: label, amount_eur, eu_eur, state_eur, own_eur, project."""
    return rows(
        asked,
        f"""
        SELECT t.name_{lang} AS label, sum(f.amount_eur) AS amount_eur, sum(f.eu_eur) AS eu_eur,
            sum(f.state_eur) AS state_eur, sum(f.own_eur) AS own_eur, f.project_id AS project
        FROM fact_funding AS f
        JOIN territory AS t USING (territory)
        WHERE f.entry = 'assigned' AND f.known_from <= $as_of AND {narrowed_sql(asked, "f")}
        GROUP BY ALL HAVING count(f.eu_eur) > 0 ORDER BY amount_eur DESC
        """,
    )


def endowment_history(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the versions of the endowment known by then: on, value (EUR or None), label, kind, note, source, url."""
    return rows(
        asked,
        f"""
        SELECT e.known_from AS "on", e.amount_eur AS value, coalesce(a.short_{lang}, e.kind) AS label, e.kind,
            coalesce(e.note_{lang}, '') AS note, s.title AS source, coalesce(s.url, '') AS url, e.basis
        FROM endowment AS e
        LEFT JOIN act AS a USING (act_id)
        JOIN source AS s ON s.source_id = e.source_id
        WHERE e.known_from <= $as_of
        ORDER BY e.known_from
        """,
    )


def rule(asked: Asked, lang: str) -> dict[str, Any]:
    """Return the call's allocation rule and its rate (EUR per unit of need); empty where nothing is estimated."""
    found = rows(
        asked,
        f"""
        WITH pool AS (
            SELECT sum(e.amount_eur) - count(*) * any_value(r.fixed_eur) AS eur, sum(e.need) AS need
            FROM fact_funding_estimate AS e CROSS JOIN allocation_rule AS r
            WHERE e.known_from <= $as_of
        )
        SELECT r.fixed_eur, r.need, r.reference_on, r.published_{lang} AS published, r.assumed_{lang} AS assumed,
            CAST(p.eur AS DOUBLE) / p.need AS rate_eur
        FROM allocation_rule AS r CROSS JOIN pool AS p
        """,
    )
    return {} if found.empty or found.iloc[0]["rate_eur"] is None else dict(found.iloc[0])


def predictions(asked: Asked, lang: str) -> pd.DataFrame:
    """Return how the rule predicts each known amount without itself: label, known_eur, predicted_eur, error (share),
    project.

    The rate is solved anew with that project among the unknown ones, so that all still add up to the same total.
    """
    return rows(
        asked,
        f"""
        WITH need AS (
            SELECT p.project_id, p.territory,
                CASE r.need WHEN 'third_country_nationals' THEN n.third_country_nationals
                    WHEN 'foreign_residents' THEN n.foreign_residents ELSE n.residents END AS need,
                f.amount_eur, r.fixed_eur, e.amount_eur AS total_eur
            FROM fact_place AS p
            JOIN allocation_rule AS r USING (call_id)
            JOIN endowment AS e USING (endowment_id)
            JOIN population AS n ON n.territory = p.territory AND n.on_date = r.reference_on
            LEFT JOIN funding AS f ON f.project_id = p.project_id AND f.version = 1
        ),
        whole AS (
            SELECT sum(amount_eur) AS known_eur, count(*) FILTER (WHERE amount_eur IS NULL) AS unknown,
                sum(need) FILTER (WHERE amount_eur IS NULL) AS unknown_need
            FROM need
        ),
        guess AS (
            SELECT n.territory, n.project_id, n.amount_eur, n.fixed_eur + n.need
                * CAST(n.total_eur - (w.known_eur - n.amount_eur) - (w.unknown + 1) * n.fixed_eur AS DOUBLE)
                / (w.unknown_need + n.need) AS predicted_eur
            FROM need AS n CROSS JOIN whole AS w
            WHERE n.amount_eur IS NOT NULL AND w.unknown > 0
        )
        SELECT t.name_{lang} AS label, g.amount_eur AS known_eur, g.predicted_eur,
            g.predicted_eur / CAST(g.amount_eur AS DOUBLE) - 1 AS error, g.project_id AS project
        FROM guess AS g JOIN territory AS t USING (territory)
        ORDER BY g.amount_eur DESC
        """,
    )
