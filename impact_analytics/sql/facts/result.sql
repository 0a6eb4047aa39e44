-- One row per published result: counted, never added.
SELECT
    r.result_id,
    r.project_id,
    p.territory,
    p.macro_area,
    r.action_line,
    r.kind,
    r.unit,
    r.value,
    1 AS results,
    r.known_from,
    r.basis
FROM result AS r
JOIN fact_place AS p USING (project_id)
