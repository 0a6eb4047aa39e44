-- One row per project, action line, cost category, period it is for, entry and day it became known: flows of commitments and expenditure incurred; a withdrawal takes out all of it.
-- A flow of 0 stays: what a sheet reports as nothing is known to be nothing.
WITH part AS (
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
),
change AS (
    SELECT
        part.moment,
        f.action_line,
        f.cost_category,
        CAST(sum(CASE WHEN part.sign = 1 THEN f.committed_eur ELSE -f.committed_eur END) AS DECIMAL(18, 2)) AS committed_eur,
        CAST(sum(CASE WHEN part.sign = 1 THEN f.incurred_eur ELSE -f.incurred_eur END) AS DECIMAL(18, 2)) AS incurred_eur,
        f.basis
    FROM part
    JOIN sheet_financial AS f ON f.sheet_id = part.amounts_of
    GROUP BY part.moment, f.action_line, f.cost_category, f.basis
),
-- What is the same for all amounts of a moment is put beside them last: a long ledger is written once.
moment AS (
    SELECT DISTINCT
        part.moment,
        p.project_id,
        p.territory,
        p.macro_area,
        part.period_id,
        part.ends_on,
        'reported' AS entry,
        part.known_from
    FROM part
    JOIN fact_place AS p USING (project_id)
    UNION ALL
    SELECT DISTINCT
        part.moment,
        p.project_id,
        p.territory,
        p.macro_area,
        part.period_id,
        part.ends_on,
        'withdrawn' AS entry,
        greatest(p.withdrawn_on, part.known_from) AS known_from
    FROM part
    JOIN fact_place AS p USING (project_id)
    WHERE p.withdrawn_on IS NOT NULL
)
SELECT
    m.project_id,
    m.territory,
    m.macro_area,
    c.action_line,
    c.cost_category,
    m.period_id,
    m.ends_on AS period_ends_on,
    m.entry,
    CASE WHEN m.entry = 'reported' THEN c.committed_eur ELSE -c.committed_eur END AS committed_eur,
    CASE WHEN m.entry = 'reported' THEN c.incurred_eur ELSE -c.incurred_eur END AS incurred_eur,
    m.known_from,
    c.basis
FROM change AS c
JOIN moment AS m USING (moment)
