-- One row per day asked for, active project and action line: days elapsed and planned, expenditure, physical progress weighted by budget.
-- Of a line that keeps to the school year also the school days: those after the start that lie in a school year.
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
),
in_time AS (
    SELECT
        as_of,
        project_id,
        territory,
        macro_area,
        started_on,
        term_on,
        ended_on,
        least(as_of, coalesce(ended_on, as_of), term_on) AS until_on
    FROM mart_term
    WHERE withdrawn_on IS NULL
),
begun AS (
    SELECT
        as_of,
        project_id,
        started_on,
        term_on,
        until_on,
        unnest(range(year(started_on) - 1, year(term_on) + 1)) AS school_year
    FROM in_time
    WHERE EXISTS (SELECT 1 FROM action_line WHERE school_time)
),
taught AS (
    SELECT
        as_of,
        project_id,
        started_on,
        term_on,
        until_on,
        greatest(started_on, CAST(concat(school_year, '-', $school_starts) AS DATE) - 1) AS after_on,
        CAST(concat(CASE WHEN $school_ends < $school_starts THEN school_year + 1 ELSE school_year END, '-', $school_ends) AS DATE) AS last_on
    FROM begun
),
school AS (
    SELECT
        as_of,
        project_id,
        sum(greatest(date_diff('day', after_on, least(until_on, last_on)), 0)) AS school_days,
        sum(greatest(date_diff('day', after_on, least(term_on, last_on)), 0)) AS school_days_planned
    FROM taught
    GROUP BY as_of, project_id
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
    CASE WHEN l.school_time THEN c.school_days END AS school_days,
    CASE WHEN l.school_time THEN c.school_days_planned END AS school_days_planned,
    CASE WHEN l.school_time THEN CAST(c.school_days AS DOUBLE) / nullif(c.school_days_planned, 0) END AS school_share,
    b.basis
FROM line_budget AS b
JOIN in_time AS m USING (as_of, project_id)
JOIN action_line AS l USING (action_line)
LEFT JOIN school AS c USING (as_of, project_id)
LEFT JOIN line_spent AS s USING (as_of, project_id, action_line)
LEFT JOIN line_physical AS p USING (as_of, project_id, action_line)
WHERE b.budget_eur > 0
