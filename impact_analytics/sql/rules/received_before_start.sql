-- One row per sheet received before its period began.
-- severity: error
-- it: la scheda risulta pervenuta prima dell'inizio del periodo ({value}). Correggere la data o il periodo.
-- en: the sheet is said to be received before its period began ({value}). Correct the day or the period.
SELECT s.file, s.line, 'received_on' AS column_name, r.starts_on AS value
FROM sheet AS s
JOIN reporting_period AS r USING (period_id)
WHERE s.received_on < r.starts_on
