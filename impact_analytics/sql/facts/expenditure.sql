-- One row per project, action line, cost category, period it is for, entry and day it became known: flows of commitments and expenditure incurred; a withdrawal takes out all of it.
-- A flow of 0 stays: what a sheet reports as nothing is known to be nothing.
WITH entry AS (
    SELECT
        v.project_id,
        v.period_id,
        v.ends_on,
        e.known_from,
        e.amounts_of,
        e.sign,
        dense_rank() OVER (ORDER BY v.project_id, v.period_id, e.known_from) AS moment
    FROM fact_sheet_entry AS e
    JOIN fact_sheet_version AS v ON v.sheet_id = e.period_of
),
moment AS (
    SELECT DISTINCT
        e.moment,
        p.project_id,
        p.territory,
        p.macro_area,
        p.withdrawn_on,
        e.period_id,
        e.ends_on AS period_ends_on,
        e.known_from
    FROM entry AS e
    JOIN fact_place AS p USING (project_id)
),
change AS (
    SELECT
        e.moment,
        f.action_line,
        f.cost_category,
        CAST(sum(CASE WHEN e.sign = 1 THEN f.committed_eur ELSE -f.committed_eur END) AS DECIMAL(18, 2)) AS committed_eur,
        CAST(sum(CASE WHEN e.sign = 1 THEN f.incurred_eur ELSE -f.incurred_eur END) AS DECIMAL(18, 2)) AS incurred_eur,
        f.basis
    FROM entry AS e
    JOIN sheet_financial AS f ON f.sheet_id = e.amounts_of
    GROUP BY e.moment, f.action_line, f.cost_category, f.basis
),
flow AS (
    SELECT *
    FROM change
    JOIN moment USING (moment)
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
