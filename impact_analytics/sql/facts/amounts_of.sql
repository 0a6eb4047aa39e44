-- One row per moment and sheet whose amounts count in it, with their sign; moments are numbered by project, period and day.
SELECT
    dense_rank() OVER (ORDER BY v.project_id, v.period_id, e.known_from) AS moment,
    v.project_id,
    v.period_id,
    v.ends_on,
    e.known_from,
    e.amounts_of,
    e.sign
FROM fact_sheet_entry AS e
JOIN fact_sheet_version AS v ON v.sheet_id = e.period_of
