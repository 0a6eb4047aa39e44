-- One row per cumulative amount below that of the period before, in the newest sheets.
-- severity: warning
-- it: la spesa cumulata scende di {value} euro rispetto al periodo precedente. È ammesso: verificare che sia una rettifica.
-- en: cumulative expenditure falls by {value} euro against the period before. It is allowed: check that it is a correction.
WITH newest AS (
    SELECT s.sheet_id, s.project_id, r.ends_on
    FROM sheet AS s
    JOIN reporting_period AS r USING (period_id)
    WHERE NOT EXISTS (
        SELECT 1 FROM sheet AS n WHERE n.project_id = s.project_id AND n.period_id = s.period_id AND n.version > s.version
    )
),
-- Few series fall at all, and to sort a list is much quicker than to look back from every row.
series AS (
    SELECT n.project_id, f.action_line, f.cost_category, list(f.incurred_eur ORDER BY n.ends_on) AS incurred_eur
    FROM sheet_financial AS f
    JOIN newest AS n USING (sheet_id)
    GROUP BY ALL
),
falling AS (
    SELECT project_id, action_line, cost_category
    FROM series
    WHERE incurred_eur <> list_sort(incurred_eur)
),
amount AS (
    SELECT
        f.file,
        f.line,
        f.incurred_eur,
        lag(f.incurred_eur) OVER (PARTITION BY n.project_id, f.action_line, f.cost_category ORDER BY n.ends_on) AS before_eur
    FROM sheet_financial AS f
    JOIN newest AS n USING (sheet_id)
    JOIN falling USING (project_id, action_line, cost_category)
)
SELECT file, line, 'incurred_eur' AS column_name, before_eur - incurred_eur AS value
FROM amount
WHERE incurred_eur < before_eur
