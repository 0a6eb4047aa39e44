-- One row per project, action line, cost category, period it is for, entry and day it became known: flows of commitments and expenditure incurred; a withdrawal takes out all of it.
-- A flow of 0 stays: what a sheet reports as nothing is known to be nothing.
WITH flow AS (
    SELECT
        p.project_id,
        p.territory,
        p.macro_area,
        p.withdrawn_on,
        f.action_line,
        f.cost_category,
        v.period_id,
        v.ends_on AS period_ends_on,
        sum(e.sign * f.committed_eur) AS committed_eur,
        sum(e.sign * f.incurred_eur) AS incurred_eur,
        e.known_from,
        f.basis
    FROM fact_sheet_entry AS e
    JOIN fact_sheet_version AS v ON v.sheet_id = e.period_of
    JOIN fact_place AS p ON p.project_id = v.project_id
    JOIN sheet_financial AS f ON f.sheet_id = e.amounts_of
    GROUP BY ALL
)
SELECT
    project_id, territory, macro_area, action_line, cost_category, period_id, period_ends_on,
    'reported' AS entry, committed_eur, incurred_eur, known_from, basis
FROM flow
UNION ALL
SELECT
    project_id, territory, macro_area, action_line, cost_category, period_id, period_ends_on,
    'withdrawn' AS entry, -committed_eur, -incurred_eur, greatest(withdrawn_on, known_from) AS known_from, basis
FROM flow
WHERE withdrawn_on IS NOT NULL
