-- One row per desk review of a sheet; `period_key` is the sheet whatever its version.
SELECT
    d.review_id,
    d.sheet_id,
    s.project_id || '/' || s.period_id AS period_key,
    s.project_id,
    p.territory,
    p.macro_area,
    d.outcome,
    1 AS reviews,
    d.reviewed_on AS known_from,
    d.basis
FROM desk_review AS d
JOIN sheet AS s USING (sheet_id)
JOIN fact_place AS p USING (project_id)
