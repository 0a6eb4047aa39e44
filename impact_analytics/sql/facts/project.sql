-- One row per project and entry (presented, withdrawn): +1 when presented, -1 active when withdrawn.
SELECT
    project_id,
    territory,
    macro_area,
    'presented' AS entry,
    1 AS projects,
    known_from,
    basis
FROM fact_place
UNION ALL
SELECT
    project_id,
    territory,
    macro_area,
    'withdrawn' AS entry,
    -1 AS projects,
    greatest(withdrawn_on, known_from) AS known_from,
    basis
FROM fact_place
WHERE withdrawn_on IS NOT NULL
