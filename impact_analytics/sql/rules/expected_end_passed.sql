-- One row per work package that had not ended on the day its sheet was received, although its expected end had passed; newest sheet of a project.
-- severity: warning
-- it: la fine prevista ({value}) era già passata alla data di ricezione, ma il pacchetto non è concluso. Verificare stato o data.
-- en: the expected end ({value}) had passed when the sheet was received, but the package is not completed. Check state or date.
WITH newest AS (
    SELECT
        s.project_id,
        arg_max(s.sheet_id, (r.ends_on, s.version)) AS sheet_id,
        arg_max(s.received_on, (r.ends_on, s.version)) AS received_on
    FROM sheet AS s
    JOIN reporting_period AS r USING (period_id)
    GROUP BY s.project_id
)
SELECT f.file, f.line, 'expected_end_on' AS column_name, f.expected_end_on AS value
FROM newest AS n
JOIN sheet_procedural AS f USING (sheet_id)
WHERE f.expected_end_on < n.received_on
AND f.state <> 'completed'
