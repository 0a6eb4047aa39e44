-- One row per day asked for, active project and action line: days elapsed and planned, expenditure, physical progress weighted by budget.
WITH line_budget AS (
    SELECT day.as_of, b.project_id, b.action_line, sum(b.amount_eur) AS budget_eur, min(b.basis) AS basis
    FROM day
    JOIN fact_budget AS b ON b.known_from <= day.as_of
    GROUP BY ALL
),
line_flow AS (
    SELECT project_id, action_line, known_from, sum(incurred_eur) AS incurred_eur
    FROM fact_expenditure
    WHERE entry = 'reported'
    GROUP BY ALL
),
line_spent AS (
    SELECT day.as_of, e.project_id, e.action_line, sum(e.incurred_eur) AS incurred_eur
    FROM day
    JOIN line_flow AS e ON e.known_from <= day.as_of
    GROUP BY ALL
),
reached AS (
    SELECT day.as_of, f.project_id, f.action_line, f.indicator_id, sum(f.value) AS value
    FROM day
    JOIN fact_physical AS f ON f.known_from <= day.as_of
    GROUP BY ALL
),
targeted AS (
    SELECT day.as_of, t.project_id, t.action_line, t.indicator_id, sum(t.target) AS target
    FROM day
    JOIN fact_target AS t ON t.known_from <= day.as_of
    GROUP BY ALL
),
line_physical AS (
    SELECT
        t.as_of,
        t.project_id,
        t.action_line,
        avg(least(CAST(coalesce(r.value, 0) AS DOUBLE) / t.target, 1)) AS physical_share
    FROM targeted AS t
    LEFT JOIN reached AS r USING (as_of, project_id, action_line, indicator_id)
    WHERE t.target > 0
    GROUP BY ALL
)
SELECT
    b.as_of,
    b.project_id,
    m.territory,
    m.macro_area,
    b.action_line,
    b.budget_eur,
    coalesce(s.incurred_eur, 0) AS incurred_eur,
    p.physical_share,
    CAST(least(greatest(date_diff('day', m.started_on, least(b.as_of, coalesce(m.ended_on, b.as_of))), 0), date_diff('day', m.started_on, m.term_on)) AS DOUBLE)
    / nullif(date_diff('day', m.started_on, m.term_on), 0) AS time_share,
    b.basis
FROM line_budget AS b
JOIN mart_term AS m USING (as_of, project_id)
LEFT JOIN line_spent AS s USING (as_of, project_id, action_line)
LEFT JOIN line_physical AS p USING (as_of, project_id, action_line)
WHERE m.withdrawn_on IS NULL
AND b.budget_eur > 0
