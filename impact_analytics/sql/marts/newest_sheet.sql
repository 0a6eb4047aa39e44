-- One row per day asked for, project not withdrawn by then and action line: expenditure in its newest sheet, and how much of it is of a period that ended no more than the programme's days ago.
WITH newest AS (
    SELECT
        day.as_of,
        v.project_id,
        arg_max(v.sheet_id, v.ends_on) AS sheet_id
    FROM day
    JOIN fact_sheet_version AS v ON v.known_from <= day.as_of AND (v.known_to IS NULL OR day.as_of < v.known_to)
    GROUP BY day.as_of, v.project_id
),
line_amount AS (
    SELECT sheet_id, action_line, sum(incurred_eur) AS incurred_eur, basis
    FROM sheet_financial
    WHERE sheet_id IN (SELECT sheet_id FROM newest)
    GROUP BY sheet_id, action_line, basis
)
SELECT
    n.as_of,
    n.project_id,
    p.territory,
    p.macro_area,
    a.action_line,
    v.period_id,
    v.ends_on,
    n.sheet_id,
    date_diff('day', v.ends_on, n.as_of) AS age_days,
    a.incurred_eur,
    CASE
        WHEN CAST($fresh_days AS INTEGER) IS NULL THEN NULL
        WHEN date_diff('day', v.ends_on, n.as_of) <= CAST($fresh_days AS INTEGER) THEN a.incurred_eur
        ELSE 0
    END AS fresh_eur,
    a.basis
FROM newest AS n
JOIN fact_sheet_version AS v USING (sheet_id)
JOIN line_amount AS a USING (sheet_id)
JOIN fact_place AS p ON p.project_id = n.project_id
WHERE p.withdrawn_on IS NULL OR p.withdrawn_on > n.as_of
