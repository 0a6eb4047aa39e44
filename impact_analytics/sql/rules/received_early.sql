-- One row per sheet received before its period was over.
-- severity: error
-- it: la scheda risulta ricevuta prima della fine del periodo ({value}). Correggere la data o il periodo.
-- en: the sheet is said to be received before the end of its period ({value}). Correct the day or the period.
SELECT s.file, s.line, 'received_on' AS column_name, r.ends_on AS value
FROM sheet AS s
JOIN reporting_period AS r USING (period_id)
WHERE s.received_on < r.ends_on
