-- One row per project and period whose expenditure rises by more than three times any rise before and a tenth of the budget; at its largest amount.
-- severity: warning
-- it: la spesa del progetto sale di {value} euro in un periodo: più del triplo di ogni aumento precedente. Verificare gli importi.
-- en: the project's expenditure rises by {value} euro in one period: more than three times any rise before. Check the amounts.
WITH newest AS (
    SELECT s.sheet_id, s.project_id, r.ends_on
    FROM sheet AS s
    JOIN reporting_period AS r USING (period_id)
    WHERE NOT EXISTS (
        SELECT 1 FROM sheet AS n WHERE n.project_id = s.project_id AND n.period_id = s.period_id AND n.version > s.version
    )
),
spent AS (
    SELECT sheet_id, sum(incurred_eur) AS incurred_eur
    FROM sheet_financial
    GROUP BY sheet_id
),
rise AS (
    SELECT
        n.sheet_id,
        n.project_id,
        n.ends_on,
        s.incurred_eur - coalesce(lag(s.incurred_eur) OVER (PARTITION BY n.project_id ORDER BY n.ends_on), 0) AS rise_eur
    FROM newest AS n
    JOIN spent AS s USING (sheet_id)
),
compared AS (
    SELECT
        *,
        max(rise_eur) OVER (
            PARTITION BY project_id ORDER BY ends_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS largest_eur
    FROM rise
),
version AS (
    SELECT project_id, version, sum(amount_eur) AS amount_eur
    FROM budget
    GROUP BY project_id, version
),
allowed AS (
    SELECT project_id, arg_max(amount_eur, version) AS budget_eur
    FROM version
    GROUP BY project_id
)
SELECT
    arg_max(f.file, (f.incurred_eur, -f.line)) AS file,
    arg_max(f.line, (f.incurred_eur, -f.line)) AS line,
    'incurred_eur' AS column_name,
    c.rise_eur AS value
FROM compared AS c
JOIN allowed AS a USING (project_id)
JOIN sheet_financial AS f USING (sheet_id)
WHERE c.largest_eur > 0
AND c.rise_eur > 3 * c.largest_eur
AND c.rise_eur * 10 > a.budget_eur
GROUP BY c.sheet_id, c.rise_eur
