-- One row per project, period and day on which amounts of it became known, and once more for a withdrawal, which takes them all out.
WITH part AS (
    SELECT DISTINCT project_id, period_id, ends_on, known_from, moment FROM fact_amounts_of
)
SELECT
    part.moment,
    p.project_id,
    p.territory,
    p.macro_area,
    part.period_id,
    part.ends_on AS period_ends_on,
    'reported' AS entry,
    part.known_from
FROM part
JOIN fact_place AS p USING (project_id)
UNION ALL
SELECT
    part.moment,
    p.project_id,
    p.territory,
    p.macro_area,
    part.period_id,
    part.ends_on AS period_ends_on,
    'withdrawn' AS entry,
    greatest(p.withdrawn_on, part.known_from) AS known_from
FROM part
JOIN fact_place AS p USING (project_id)
WHERE p.withdrawn_on IS NOT NULL
