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
amount AS (
    SELECT
        f.file,
        f.line,
        f.incurred_eur,
        lag(f.incurred_eur) OVER (PARTITION BY n.project_id, f.action_line, f.cost_category ORDER BY n.ends_on) AS before_eur
    FROM sheet_financial AS f
    JOIN newest AS n USING (sheet_id)
)
SELECT file, line, 'incurred_eur' AS column_name, before_eur - incurred_eur AS value
FROM amount
WHERE incurred_eur < before_eur
