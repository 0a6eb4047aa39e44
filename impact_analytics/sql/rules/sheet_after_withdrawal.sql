-- One row per sheet for a period that began after its project had withdrawn.
-- severity: error
-- it: il progetto si era già ritirato il {value}, prima che il periodo cominciasse. Correggere il progetto o il periodo.
-- en: the project had withdrawn on {value}, before the period began. Correct the project or the period.
SELECT s.file, s.line, 'period_id' AS column_name, p.withdrawn_on AS value
FROM sheet AS s
JOIN reporting_period AS r USING (period_id)
JOIN project AS p USING (project_id)
WHERE p.withdrawn_on < r.starts_on
