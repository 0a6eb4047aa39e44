-- One row per line and cost category whose newest expenditure is above the newest budget.
-- severity: warning
-- it: la spesa supera il budget della categoria di {value} euro. È ammesso entro la tolleranza: verificare.
-- en: expenditure is above the category's budget by {value} euro. It is allowed within tolerance: check.
WITH newest AS (
    SELECT project_id, arg_max(s.sheet_id, (r.ends_on, s.version)) AS sheet_id
    FROM sheet AS s
    JOIN reporting_period AS r USING (period_id)
    GROUP BY project_id
),
allowed AS (
    SELECT project_id, action_line, cost_category, arg_max(amount_eur, version) AS amount_eur
    FROM budget
    GROUP BY ALL
)
SELECT f.file, f.line, 'incurred_eur' AS column_name, f.incurred_eur - a.amount_eur AS value
FROM newest AS n
JOIN sheet_financial AS f USING (sheet_id)
JOIN allowed AS a USING (project_id, action_line, cost_category)
WHERE f.incurred_eur > a.amount_eur
ORDER BY f.file, f.line
