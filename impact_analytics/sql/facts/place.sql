-- One row per project: the dimensions that every fact of a project has.
SELECT
    p.project_id,
    p.call_id,
    p.territory,
    t.macro_area,
    p.started_on,
    p.ended_on,
    p.withdrawn_on,
    p.known_from,
    p.basis
FROM project AS p
JOIN territory AS t USING (territory)
