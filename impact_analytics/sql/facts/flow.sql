-- One row per moment, action line and cost category: flows of commitments and expenditure incurred.
-- A flow of 0 stays: what a sheet reports as nothing is known to be nothing.
SELECT
    a.moment,
    f.action_line,
    f.cost_category,
    CAST(sum(CASE WHEN a.sign = 1 THEN f.committed_eur ELSE -f.committed_eur END) AS DECIMAL(18, 2)) AS committed_eur,
    CAST(sum(CASE WHEN a.sign = 1 THEN f.incurred_eur ELSE -f.incurred_eur END) AS DECIMAL(18, 2)) AS incurred_eur,
    f.basis
FROM fact_amounts_of AS a
JOIN sheet_financial AS f ON f.sheet_id = a.amounts_of
GROUP BY a.moment, f.action_line, f.cost_category, f.basis
