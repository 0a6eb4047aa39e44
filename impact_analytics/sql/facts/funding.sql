-- One row per project, version and entry: what a version adds to the funding in force; a withdrawal takes out all of it.
WITH version AS (
    SELECT
        project_id,
        version,
        amount_eur - coalesce(lag(amount_eur) OVER earlier, 0) AS amount_eur,
        eu_eur - coalesce(lag(eu_eur) OVER earlier, 0) AS eu_eur,
        state_eur - coalesce(lag(state_eur) OVER earlier, 0) AS state_eur,
        own_eur - coalesce(lag(own_eur) OVER earlier, 0) AS own_eur,
        known_from,
        basis
    FROM funding
    WINDOW earlier AS (PARTITION BY project_id ORDER BY version)
)
SELECT
    v.project_id,
    p.territory,
    p.macro_area,
    'assigned' AS entry,
    v.version,
    v.amount_eur,
    v.eu_eur,
    v.state_eur,
    v.own_eur,
    v.known_from,
    v.basis
FROM version AS v
JOIN fact_place AS p USING (project_id)
UNION ALL
SELECT
    v.project_id,
    p.territory,
    p.macro_area,
    'withdrawn' AS entry,
    v.version,
    -v.amount_eur,
    -v.eu_eur,
    -v.state_eur,
    -v.own_eur,
    greatest(p.withdrawn_on, v.known_from) AS known_from,
    v.basis
FROM version AS v
JOIN fact_place AS p USING (project_id)
WHERE p.withdrawn_on IS NOT NULL
