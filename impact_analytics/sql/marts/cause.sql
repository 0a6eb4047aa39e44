-- One row per day asked for, sheet standing and cause it names.
SELECT
    day.as_of,
    v.project_id,
    p.territory,
    p.macro_area,
    v.period_id,
    v.ends_on,
    c.action_line,
    c.origin,
    c.nature,
    c.sentence,
    c.sheet_id,
    1 AS causes,
    c.basis
FROM day
JOIN fact_sheet_version AS v ON v.known_from <= day.as_of AND (v.known_to IS NULL OR day.as_of < v.known_to)
JOIN sheet_cause AS c USING (sheet_id)
JOIN fact_place AS p USING (project_id)
