-- One row per project, indicator and version: what a version adds to the target.
SELECT
    p.project_id,
    p.territory,
    p.macro_area,
    i.action_line,
    t.indicator_id,
    t.target - coalesce(lag(t.target) OVER (PARTITION BY t.project_id, t.indicator_id ORDER BY t.version), 0) AS target,
    t.known_from,
    t.basis
FROM indicator_target AS t
JOIN indicator AS i USING (indicator_id)
JOIN fact_place AS p USING (project_id)
