-- One row per day asked for, financial year begun by then and project under implementation in it: whether an operational check on the spot of that year is known (1 or 0).
-- A project is under implementation from its start until it withdrew or ended; where no end is known, until its term in force.
WITH checked AS (
    SELECT
        project_id,
        financial_year,
        min(done_on) AS done_on
    FROM on_the_spot_check
    WHERE kind = 'operational'
    GROUP BY project_id, financial_year
)
SELECT
    t.as_of,
    t.project_id,
    t.territory,
    t.macro_area,
    y.financial_year,
    t.as_of <= y.ends_on AS this_year,
    CASE WHEN EXISTS (SELECT 1 FROM on_the_spot_check) THEN CASE WHEN c.done_on <= t.as_of THEN 1 ELSE 0 END END AS checked,
    1 AS projects,
    p.basis
FROM mart_term AS t
JOIN fact_place AS p USING (project_id)
JOIN fact_financial_year AS y
    ON y.starts_on <= t.as_of
    AND coalesce(t.started_on, p.known_from) <= least(y.ends_on, t.as_of)
    AND y.starts_on <= coalesce(t.withdrawn_on, t.ended_on, t.term_on, t.as_of)
LEFT JOIN checked AS c ON c.project_id = t.project_id AND c.financial_year = y.financial_year
