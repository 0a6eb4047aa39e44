"""What the overview shows: the time line, what is not known, what was reached by line."""

from datetime import date
from functools import lru_cache

import pandas as pd

from impact_analytics.queries.asked import Asked, narrowed_sql, rows
from impact_analytics.store import Snapshot, cursor


@lru_cache(maxsize=64)
def monitored(snapshot: Snapshot) -> bool:
    """Say whether the programme has monitoring sheets."""
    row = cursor(snapshot).execute("SELECT count(*) > 0 FROM sheet").fetchone()
    return bool(row and row[0])


def timeline(asked: Asked, lang: str, words: dict[str, str]) -> pd.DataFrame:
    """Return what the time line shows as of the day: on (date), label, kind (act, term, limit), note.

    `words` names terms and limits: keys term, incurred, paid, final_report.
    """
    found = rows(
        asked,
        f"""
        SELECT a.adopted_on AS "on", a.short_{lang} AS label, 'act' AS kind, a.title_{lang} AS note
        FROM act AS a WHERE a.milestone AND a.known_from <= $as_of
        UNION ALL
        SELECT d.ends_on, 'term', 'term', '' FROM deadline AS d
        WHERE coalesce(d.known_from, d.decided_not_after) <= $as_of AND (d.project_id IS NULL OR d.extension = 'first')
        GROUP BY d.ends_on
        UNION ALL
        SELECT l.limit_on, l.kind, 'limit', '' FROM mart_legal_limit AS l WHERE l.as_of = $as_of
        ORDER BY 1, 3, 2, 4
        """,
    )
    return found.assign(label=[words.get(label, label) for label in found["label"]])


def reporting_periods(asked: Asked) -> pd.DataFrame:
    """Return the reporting periods that have begun: start, end (dates), label (period id)."""
    sql = """
        SELECT starts_on AS start, ends_on AS "end", period_id AS label
        FROM reporting_period WHERE starts_on <= $as_of ORDER BY starts_on
    """
    return rows(asked, sql)


def span(asked: Asked) -> tuple[date, date]:
    """Return the first and last day of the time line: from the call to the last term or limit known."""
    row = rows(
        asked,
        """
        SELECT (SELECT min(opened_on) FROM programme_call) AS start,
            greatest(
                (SELECT max(ends_on) FROM deadline WHERE coalesce(known_from, decided_not_after) <= $as_of),
                (SELECT max(limit_on) FROM mart_legal_limit WHERE as_of = $as_of), $as_of) AS "end"
        """,
    ).iloc[0]
    return row["start"], row["end"]


def gaps(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what a reader would ask and no source answers: title, reason, page."""
    return rows(asked, f"SELECT title_{lang} AS title, reason_{lang} AS reason, page FROM gap ORDER BY position")


def by_line(asked: Asked, lang: str) -> pd.DataFrame:
    """Return each action line with the largest published figure of each kind: line, name, title, results (structs)."""
    lines = "TRUE" if "action_line" not in asked.chosen else "l.action_line IN (SELECT unnest($action_line))"
    return rows(
        asked,
        f"""
        WITH told AS (
            SELECT r.action_line, r.name_{lang} AS name, r.value, r.qualifier, r.unit, t.name_{lang} AS place
            FROM result AS r JOIN fact_place AS x USING (project_id) JOIN territory AS t USING (territory)
            WHERE r.kind = 'achieved' AND r.known_from <= $as_of AND {narrowed_sql(asked, "x")}
            QUALIFY row_number() OVER (PARTITION BY r.action_line, r.name_{lang} ORDER BY r.value DESC) = 1
        )
        SELECT l.action_line AS line, l.position, l.name_{lang} AS name, l.title_{lang} AS title,
            list({{'name': r.name, 'value': r.value, 'qualifier': r.qualifier, 'unit': r.unit, 'place': r.place}}
                ORDER BY r.value DESC) FILTER (WHERE r.name IS NOT NULL) AS results
        FROM action_line AS l LEFT JOIN told AS r USING (action_line)
        WHERE {lines}
        GROUP BY ALL ORDER BY l.position
        """,
    )


def network(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the networks planned in the proposals: network, name, planned."""
    sql = f"""
        SELECT n.network, c.name_{lang} AS name, n.planned
        FROM fact_planned_network AS n JOIN code AS c ON c.list = 'network' AND c.code = n.network
        WHERE n.known_from <= $as_of AND n.network <> 'projects' ORDER BY c.position
    """
    return rows(asked, sql)


def gap_in_endowment(asked: Asked) -> bool:
    """Say whether an act known by then changed the endowment by an amount that is not public."""
    return not rows(asked, "SELECT 1 FROM endowment WHERE amount_eur IS NULL AND known_from <= $as_of").empty
