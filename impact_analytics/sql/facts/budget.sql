-- One row per project, action line, cost category and budget version: what a version adds; a withdrawal takes out all of it.
WITH version AS (
    SELECT DISTINCT
        project_id,
        version,
        known_from,
        lag(version) OVER (PARTITION BY project_id ORDER BY version) AS before
    FROM (SELECT project_id, version, min(known_from) AS known_from FROM budget GROUP BY project_id, version) AS v
),
entry AS (
    SELECT
        v.project_id,
        v.version,
        b.action_line,
        b.cost_category,
        CASE WHEN b.version = v.version THEN b.amount_eur ELSE -b.amount_eur END AS amount_eur,
        v.known_from,
        b.basis
    FROM version AS v
    JOIN budget AS b ON b.project_id = v.project_id AND (b.version = v.version OR b.version = v.before)
)
SELECT
    p.project_id,
    p.territory,
    p.macro_area,
    e.action_line,
    e.cost_category,
    'assigned' AS entry,
    sum(e.amount_eur) AS amount_eur,
    e.known_from,
    e.basis
FROM entry AS e
JOIN fact_place AS p USING (project_id)
GROUP BY ALL
UNION ALL
SELECT
    p.project_id,
    p.territory,
    p.macro_area,
    e.action_line,
    e.cost_category,
    'withdrawn' AS entry,
    -sum(e.amount_eur) AS amount_eur,
    greatest(p.withdrawn_on, e.known_from) AS known_from,
    e.basis
FROM entry AS e
JOIN fact_place AS p USING (project_id)
WHERE p.withdrawn_on IS NOT NULL
GROUP BY ALL
