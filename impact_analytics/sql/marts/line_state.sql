-- One row per day asked for, project, action line and work package: the state in the newest sheet known.
WITH newest AS (
    SELECT
        day.as_of,
        v.project_id,
        arg_max(v.sheet_id, v.ends_on) AS sheet_id
    FROM day
    JOIN fact_sheet_version AS v ON v.known_from <= day.as_of AND (v.known_to IS NULL OR day.as_of < v.known_to)
    GROUP BY day.as_of, v.project_id
)
SELECT
    n.as_of,
    n.project_id,
    p.territory,
    p.macro_area,
    s.action_line,
    s.work_package,
    s.state,
    s.approved_end_on,
    s.expected_end_on,
    s.deviation,
    n.sheet_id,
    1 AS packages,
    s.basis
FROM newest AS n
JOIN sheet_procedural AS s USING (sheet_id)
JOIN fact_place AS p USING (project_id)
