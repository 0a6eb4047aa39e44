"""The network: what the proposals planned, which bodies sources name, of what kind, in what role, and where."""

import pandas as pd

from impact_analytics.queries.asked import Asked, narrowed_sql, rows
from impact_analytics.queries.projects import found_sql, whole_lines, words_of

SOUGHT_IN = (
    "b.name", "b.municipality", "b.province", "b.role_stated", "k.name_it", "k.name_en", "t.name_it", "t.name_en",
)  # fmt: skip

# Bodies known by then, with their network; a kind that no proposal counts has none.
BODY = """
    body AS (
        SELECT b.*, f.territory, f.macro_area, f.network
        FROM partner AS b
        JOIN fact_partner AS f USING (partner_id)
        WHERE b.known_from <= $as_of
    )"""


def networks(asked: Asked, lang: str) -> pd.DataFrame:
    """Return per network that the proposals counted: id, label, planned, known, unsettled, missing; known counts formal
    partners by name, unsettled those that no source says whether the totals count.

    Narrowed, `planned` adds up what the projects' own proposals say, and is None unless all of them do.
    """
    narrowed = whole_lines(asked)
    planned = _PLANNED_OF_SOME if narrowed.where else _PLANNED_OF_ALL
    return rows(
        narrowed,
        f"""
        WITH {BODY},
        chosen AS (SELECT p.project_id FROM fact_place AS p
            WHERE p.known_from <= $as_of AND {narrowed_sql(narrowed, "p")}),
        planned AS ({planned}),
        named AS (
            SELECT b.network, count(*) FILTER (WHERE b.counts_in_total = 'yes') AS known,
                count(*) FILTER (WHERE b.counts_in_total = 'unsettled') AS unsettled
            FROM body AS b JOIN chosen USING (project_id) GROUP BY b.network
        )
        SELECT c.code AS id, c.name_{lang} AS label, p.planned, coalesce(n.known, 0) AS known,
            coalesce(n.unsettled, 0) AS unsettled,
            CASE WHEN p.planned IS NOT NULL THEN greatest(p.planned - coalesce(n.known, 0), 0) END AS missing
        FROM code AS c
        LEFT JOIN planned AS p ON p.network = c.code
        LEFT JOIN named AS n ON n.network = c.code
        WHERE c.list = 'network' AND c.code IN (SELECT parent FROM code WHERE list = 'kind')
        AND (p.planned IS NOT NULL OR n.known > 0 OR n.unsettled > 0)
        ORDER BY c.position
        """,
    )


_PLANNED_OF_ALL = (
    "SELECT network, sum(planned) AS planned FROM fact_planned_network WHERE known_from <= $as_of GROUP BY network"
)
_PLANNED_OF_SOME = """
    SELECT network, CASE WHEN count(*) = (SELECT count(*) FROM chosen) THEN sum(planned) END AS planned
    FROM network_count JOIN chosen USING (project_id) WHERE known_from <= $as_of GROUP BY network
"""


def by_territory(asked: Asked, lang: str) -> pd.DataFrame:
    """Return per territory of a project and network: id, label, network, planned (None where its proposal is silent),
    known, unsettled, and `named`, all bodies of the territory of whatever kind and role.
    """
    narrowed = whole_lines(asked)
    return rows(
        narrowed,
        f"""
        WITH {BODY},
        place AS (
            SELECT DISTINCT p.territory
            FROM fact_place AS p
            WHERE p.known_from <= $as_of AND {narrowed_sql(narrowed, "p")}
        ),
        planned AS (
            SELECT p.territory, n.network, sum(n.planned) AS planned
            FROM network_count AS n JOIN fact_place AS p USING (project_id)
            WHERE n.known_from <= $as_of GROUP BY ALL
        ),
        named AS (
            SELECT territory, network, count(*) FILTER (WHERE counts_in_total = 'yes') AS known,
                count(*) FILTER (WHERE counts_in_total = 'unsettled') AS unsettled
            FROM body GROUP BY ALL
        ),
        every AS (SELECT territory, count(*) AS named FROM body GROUP BY territory)
        SELECT t.territory AS id, t.name_{lang} AS label, c.code AS network, p.planned,
            coalesce(n.known, 0) AS known, coalesce(n.unsettled, 0) AS unsettled, coalesce(e.named, 0) AS named
        FROM place
        JOIN territory AS t USING (territory)
        JOIN code AS c ON c.list = 'network' AND c.code IN (SELECT parent FROM code WHERE list = 'kind')
        LEFT JOIN planned AS p ON p.territory = t.territory AND p.network = c.code
        LEFT JOIN named AS n ON n.territory = t.territory AND n.network = c.code
        LEFT JOIN every AS e ON e.territory = t.territory
        ORDER BY label, c.position
        """,
    )


def places(asked: Asked, lang: str) -> pd.DataFrame:
    """Return every territory as a map shows it: id, label, value (bodies named, None where there is no project), basis,
    state (not_applied, withdrawn or blank), inside (the reader's filters leave it in).
    """
    narrowed = whole_lines(asked)
    return rows(
        narrowed,
        f"""
        WITH {BODY},
        every AS (SELECT territory, count(*) AS named FROM body GROUP BY territory),
        place AS (
            SELECT territory, min(basis) AS basis, bool_and(state = 'withdrawn') AS withdrawn
            FROM mart_project_state WHERE as_of = $as_of GROUP BY territory
        )
        SELECT t.territory AS id, t.name_{lang} AS label,
            CASE WHEN p.territory IS NOT NULL THEN coalesce(e.named, 0) END AS value, coalesce(p.basis, '') AS basis,
            CASE WHEN NOT t.applied THEN 'not_applied' WHEN p.withdrawn THEN 'withdrawn' ELSE '' END AS state,
            {narrowed_sql(narrowed, "t")} AS inside
        FROM territory AS t
        LEFT JOIN place AS p USING (territory)
        LEFT JOIN every AS e USING (territory)
        ORDER BY label
        """,
    )


def points(asked: Asked, lang: str) -> pd.DataFrame:
    """Return bodies of the kinds that proposals counted that have a place: lon, lat, kind, name, role, territory."""
    found = bodies(asked, lang)
    placed = found[found["lon"].notna() & (found["network"] != "")]
    return placed[["lon", "lat", "kind_id", "name", "role", "territory"]].rename(columns={"kind_id": "kind"})


def by_kind_and_role(asked: Asked, lang: str) -> pd.DataFrame:
    """Return how many bodies there are of each kind in each role, in the order of both, as a grid draws it:
    row_id, row, column_id, column, value, basis.
    """
    narrowed = whole_lines(asked)
    return rows(
        narrowed,
        f"""
        WITH {BODY}
        SELECT k.code AS row_id, k.name_{lang} AS row, r.code AS column_id, r.name_{lang} AS "column",
            count(*) AS value, min(b.basis) AS basis
        FROM body AS b
        JOIN code AS k ON k.list = 'kind' AND k.code = b.kind
        JOIN code AS r ON r.list = 'role' AND r.code = b.role
        WHERE {narrowed_sql(narrowed, "b")}
        GROUP BY ALL ORDER BY min(k.position), min(r.position)
        """,
    )


def bodies(asked: Asked, lang: str, sought: str = "", kind: str = "") -> pd.DataFrame:
    """Return one row per body that a source names, by territory, kind, name: partner_id, name, kind_id and kind, role,
    role_stated (the source's words), counts_in_total, municipality, province, location (stated, inferred), lon, lat,
    territory and territory_name, network (blank: no proposal counts the kind), note, source, url, basis.
    """
    narrowed = whole_lines(asked)
    return rows(
        narrowed,
        f"""
        WITH {BODY}
        SELECT b.partner_id, b.name, b.kind AS kind_id, coalesce(k.name_{lang}, b.kind) AS kind,
            coalesce(r.name_{lang}, b.role) AS role, coalesce(b.role_stated, '') AS role_stated, b.counts_in_total,
            b.municipality, b.province, coalesce(b.location, '') AS location, b.lon, b.lat,
            b.territory, t.name_{lang} AS territory_name, coalesce(b.network, '') AS network,
            coalesce(b.note_{lang}, '') AS note,
            s.title AS source, coalesce(s.url, '') AS url, b.basis
        FROM body AS b
        JOIN territory AS t USING (territory)
        JOIN source AS s ON s.source_id = b.source_id
        LEFT JOIN code AS k ON k.list = 'kind' AND k.code = b.kind
        LEFT JOIN code AS r ON r.list = 'role' AND r.code = b.role
        WHERE {narrowed_sql(narrowed, "b")} AND ($kind = '' OR b.kind = $kind) AND {found_sql(*SOUGHT_IN)}
        ORDER BY territory_name, k.position, b.name, b.partner_id
        """,
        words=words_of(sought),
        kind=kind,
    )
