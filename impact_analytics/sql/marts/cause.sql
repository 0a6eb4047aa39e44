-- One row per day asked for, sheet standing and cause it names; `newest` where it is the newest sheet of a project not withdrawn.
WITH standing AS (
    SELECT
        day.as_of,
        v.sheet_id,
        v.project_id,
        v.period_id,
        v.ends_on
    FROM day
    JOIN fact_sheet_version AS v ON v.known_from <= day.as_of AND (v.known_to IS NULL OR day.as_of < v.known_to)
),
newest AS (
    SELECT
        as_of,
        project_id,
        max(ends_on) AS ends_on
    FROM standing
    GROUP BY as_of, project_id
)
SELECT
    s.as_of,
    s.project_id,
    p.territory,
    p.macro_area,
    s.period_id,
    s.ends_on,
    c.action_line,
    c.origin,
    c.nature,
    c.sentence,
    c.sheet_id,
    c.position,
    s.ends_on = n.ends_on AND (p.withdrawn_on IS NULL OR p.withdrawn_on > s.as_of) AS newest,
    1 AS causes,
    c.basis
FROM standing AS s
JOIN newest AS n USING (as_of, project_id)
JOIN sheet_cause AS c USING (sheet_id)
JOIN fact_place AS p USING (project_id)
