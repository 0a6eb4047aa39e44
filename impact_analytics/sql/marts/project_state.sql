-- One row per day asked for and project known by then: what is active.
SELECT
    day.as_of,
    p.project_id,
    p.territory,
    p.macro_area,
    CASE
        WHEN p.withdrawn_on <= day.as_of THEN 'withdrawn'
        WHEN p.ended_on <= day.as_of THEN 'ended'
        WHEN p.started_on > day.as_of THEN 'not_started'
        ELSE 'active'
    END AS state,
    1 AS projects,
    p.basis
FROM day
JOIN fact_place AS p ON p.known_from <= day.as_of
