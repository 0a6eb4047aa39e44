"""Why things are late: the causes that sheets name, by origin and nature, how long they last, and what is not coded."""

from dataclasses import replace
from typing import Any

import pandas as pd

from impact_analytics.formats import period
from impact_analytics.queries.asked import Asked, names, narrowed_sql, rows
from impact_analytics.semantics import dimensions

EVERY = ("territory", "macro_area", "action_line", "project")
NONE = "none"  # stands for a code that is missing
CODES = {"origin": "cause_origin", "nature": "cause_nature"}
SPLITS = {"territory": "territory", "line": "action_line"}


def codes(asked: Asked, which: str, lang: str) -> dict[str, str]:
    """Return the codes of origins or natures with their names."""
    return dict(names(asked.snapshot, CODES[which], lang))


def narrowed(origin: str, nature: str, *, newest: bool) -> str:
    """Return the conditions that keep causes of an origin and a nature (a code, `none`, or blank for any)."""
    kept = ["x.newest"] if newest else []
    for column, code in (("origin", origin), ("nature", nature)):
        if code:
            kept.append(f"x.{column} IS NULL" if code == NONE else f"x.{column} = ${column}")
    return " AND ".join(kept) or "TRUE"


def grid(asked: Asked, lang: str, *, newest: bool = False) -> pd.DataFrame:
    """Return how many causes there are of every origin and nature that occur: origin_id, origin, nature_id, nature
    (ids `none` and words None where not coded), value, basis; natures one after another.
    """
    return rows(
        asked,
        f"""
        WITH cause AS (
            SELECT x.origin, x.nature, x.basis FROM mart_cause AS x
            WHERE x.as_of = $as_of AND {narrowed_sql(asked, "x", EVERY)} AND {narrowed("", "", newest=newest)}
        ),
        pair AS (
            SELECT o.origin, n.nature
            FROM (SELECT DISTINCT origin FROM cause) AS o CROSS JOIN (SELECT DISTINCT nature FROM cause) AS n
        )
        SELECT coalesce(p.origin, '{NONE}') AS origin_id, o.name_{lang} AS origin,
            coalesce(p.nature, '{NONE}') AS nature_id, n.name_{lang} AS nature,
            count(c.basis) AS value, (SELECT min(basis) FROM cause) AS basis
        FROM pair AS p
        LEFT JOIN cause AS c ON c.origin IS NOT DISTINCT FROM p.origin AND c.nature IS NOT DISTINCT FROM p.nature
        LEFT JOIN code AS o ON o.list = '{CODES["origin"]}' AND o.code = p.origin
        LEFT JOIN code AS n ON n.list = '{CODES["nature"]}' AND n.code = p.nature
        GROUP BY ALL
        ORDER BY any_value(n.position) NULLS LAST, any_value(o.position) NULLS LAST
        """,
    )


def split(
    asked: Asked, by: str, lang: str, origin: str = "", nature: str = "", *, newest: bool = False
) -> pd.DataFrame:
    """Return how many causes each territory or line reports, the most first: row_id, row, column_id, column (natures;
    id `none` and word None where not coded; row None where no line is given), value, basis.
    """
    dimension = dimensions()[SPLITS[by]]
    return rows(
        asked,
        f"""
        WITH cause AS (
            SELECT x.{dimension.column} AS id, x.nature, x.basis FROM mart_cause AS x
            WHERE x.as_of = $as_of AND {narrowed_sql(asked, "x", EVERY)} AND {narrowed(origin, nature, newest=newest)}
        ),
        total AS (SELECT id, count(*) AS total, min(basis) AS basis FROM cause GROUP BY id)
        SELECT coalesce(t.id, '') AS row_id, d.name_{lang} AS row, coalesce(n.nature, '{NONE}') AS column_id,
            k.name_{lang} AS column, count(c.basis) AS value, t.basis
        FROM total AS t
        CROSS JOIN (SELECT DISTINCT nature FROM cause) AS n
        LEFT JOIN cause AS c ON c.id IS NOT DISTINCT FROM t.id AND c.nature IS NOT DISTINCT FROM n.nature
        LEFT JOIN {dimension.table} AS d ON d.{dimension.column} = t.id
        LEFT JOIN code AS k ON k.list = '{CODES["nature"]}' AND k.code = n.nature
        GROUP BY t.id, t.total, t.basis, d.name_{lang}, n.nature, k.name_{lang}, k.position
        ORDER BY t.total DESC, d.name_{lang} NULLS LAST, k.position NULLS LAST
        """,
        origin=origin,
        nature=nature,
    )


def lasting(asked: Asked, lang: str, origin: str = "", nature: str = "") -> pd.DataFrame:
    """Return how many periods in a row a project has named the same coded cause for the same line, the longest first.

    Columns: standing (its newest sheet still names it), project_id, place, line, origin, nature, periods, since_id,
    period_id, since, until (first and last period, in words), sentence (the newest), basis. A period of which there is
    no sheet, or whose sheet does not name the cause, ends the row; ended rows of one period are left out.
    """
    sql = f"""
        {_runs_sql(replace(asked, where=()), narrowed(origin, nature, newest=False))}
        SELECT r.territory, t.macro_area, r.action_line, r.standing, r.project_id,
            t.name_{lang} AS place, l.name_{lang} AS line, o.name_{lang} AS origin,
            n.name_{lang} AS nature, r.periods, r.since_id, r.period_id, s.sentence, s.basis
        FROM run AS r
        JOIN told AS s ON s.project_id = r.project_id AND s.action_line IS NOT DISTINCT FROM r.action_line
            AND s.origin = r.origin AND s.nature = r.nature AND s.period_id = r.period_id
        JOIN territory AS t ON t.territory = r.territory
        LEFT JOIN action_line AS l ON l.action_line = r.action_line
        JOIN code AS o ON o.list = '{CODES["origin"]}' AND o.code = r.origin
        JOIN code AS n ON n.list = '{CODES["nature"]}' AND n.code = r.nature
        ORDER BY r.standing DESC, r.periods DESC, r.place DESC, t.name_{lang}, r.project_id,
            l.position NULLS LAST, o.position, n.position
    """
    found = _within(asked, rows(replace(asked, where=()), sql, origin=origin, nature=nature))
    return _dated(found, lang, since="since_id", until="period_id")


def uncoded(asked: Asked, lang: str, *, newest: bool = False) -> pd.DataFrame:
    """Return the sentences of causes that lack a code, the most frequent first: sentence, lacks (both, origin or
    nature), causes, projects, project_id and period_id of the newest, place, period, basis.
    """
    found = rows(
        asked,
        f"""
        SELECT x.sentence,
            CASE WHEN x.nature IS NOT NULL THEN 'origin' WHEN x.origin IS NOT NULL THEN 'nature' ELSE 'both' END
                AS lacks,
            count(*) AS causes, count(DISTINCT x.project_id) AS projects,
            arg_max(x.project_id, (x.ends_on, x.project_id)) AS project_id,
            arg_max(x.period_id, (x.ends_on, x.project_id)) AS period_id,
            arg_max(t.name_{lang}, (x.ends_on, x.project_id)) AS place, min(x.basis) AS basis
        FROM mart_cause AS x JOIN territory AS t ON t.territory = x.territory
        WHERE x.as_of = $as_of AND (x.origin IS NULL OR x.nature IS NULL)
            AND {narrowed_sql(asked, "x", EVERY)} AND {narrowed("", "", newest=newest)}
        GROUP BY x.sentence, lacks
        ORDER BY causes DESC, max(x.ends_on) DESC, x.sentence, lacks
        """,
    )
    return _dated(found, lang, period="period_id")


def sentences(asked: Asked, lang: str, origin: str = "", nature: str = "", *, newest: bool = False) -> pd.DataFrame:
    """Return every cause with its sentence, newest first: period_id, period, project_id, place, line, origin, nature
    (None where not coded), sentence, sheet_id, position, basis.
    """
    every = rows(
        replace(asked, where=()),
        f"""
        SELECT x.territory, x.macro_area, x.action_line, x.period_id, x.project_id,
            t.name_{lang} AS place, l.name_{lang} AS line, o.name_{lang} AS origin,
            n.name_{lang} AS nature, x.sentence, x.sheet_id, x.position, x.basis
        FROM mart_cause AS x
        JOIN territory AS t ON t.territory = x.territory
        LEFT JOIN action_line AS l ON l.action_line = x.action_line
        LEFT JOIN code AS o ON o.list = '{CODES["origin"]}' AND o.code = x.origin
        LEFT JOIN code AS n ON n.list = '{CODES["nature"]}' AND n.code = x.nature
        WHERE x.as_of = $as_of AND {narrowed(origin, nature, newest=newest)}
        ORDER BY x.ends_on DESC, place, x.project_id, x.position
        """,
        origin=origin,
        nature=nature,
    )
    return _dated(_within(asked, every), lang, period="period_id")


def _within(asked: Asked, every: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows that the question is narrowed to: one answer for a day serves every territory and line."""
    kept = every
    for id, chosen in asked.where:
        kept = kept[kept[dimensions()[id].column].isin(chosen)]
    return kept.drop(columns=["territory", "macro_area", "action_line"]).reset_index(drop=True)


def states(asked: Asked, lang: str) -> pd.DataFrame:
    """Return work packages by line and state in each project's newest sheet: id, label, state, value, basis."""
    return rows(
        asked,
        f"""
        SELECT x.action_line AS id, l.name_{lang} AS label, x.state, sum(x.packages) AS value, min(x.basis) AS basis
        FROM mart_line_state AS x
        JOIN action_line AS l USING (action_line)
        JOIN fact_place AS p USING (project_id)
        WHERE x.as_of = $as_of AND (p.withdrawn_on IS NULL OR p.withdrawn_on > $as_of)
            AND {narrowed_sql(asked, "x", EVERY)}
        GROUP BY ALL ORDER BY any_value(l.position), x.action_line, x.state
        """,
    )


def _dated(found: pd.DataFrame, lang: str, **columns: str) -> pd.DataFrame:
    """Add periods in words: a column named, made of one of ids."""
    words: dict[str, Any] = {name: [period(id, lang) for id in found[ids]] for name, ids in columns.items()}
    return found.assign(**words) if len(found) else found.assign(**{name: [] for name in columns})


def _runs_sql(asked: Asked, kept: str) -> str:
    """Return the WITH of `run`, periods in a row that name a coded cause, and `told`, a cause's sentence by period.

    Periods that follow one another without a gap have the same sum of their place and their rank from the last.
    """
    return f"""
        WITH calendar AS (SELECT period_id, row_number() OVER (ORDER BY ends_on) AS place FROM reporting_period),
        cause AS (
            SELECT x.*, c.place FROM mart_cause AS x JOIN calendar AS c USING (period_id)
            WHERE x.as_of = $as_of AND x.origin IS NOT NULL AND x.nature IS NOT NULL
                AND {narrowed_sql(asked, "x", EVERY)} AND {kept}
        ),
        period AS (
            SELECT DISTINCT project_id, territory, action_line, origin, nature, period_id, place, newest FROM cause
        ),
        chain AS (
            SELECT *, place + row_number()
                OVER (PARTITION BY project_id, action_line, origin, nature ORDER BY place DESC) AS chain
            FROM period
        ),
        run AS (
            SELECT project_id, territory, action_line, origin, nature, count(*) AS periods,
                arg_min(period_id, place) AS since_id, arg_max(period_id, place) AS period_id, max(place) AS place,
                bool_or(newest) AS standing
            FROM chain GROUP BY project_id, territory, action_line, origin, nature, chain
            HAVING bool_or(newest) OR count(*) > 1
        ),
        told AS (
            SELECT project_id, action_line, origin, nature, period_id, arg_min(sentence, position) AS sentence,
                min(basis) AS basis
            FROM cause GROUP BY project_id, action_line, origin, nature, period_id
        )
    """
