-- One row per sheet received while its period was still running.
-- severity: warning
-- it: la scheda risulta pervenuta prima della fine del periodo ({value}). È ammesso: verificare la data e il periodo.
-- en: the sheet is said to be received before the end of its period ({value}). It is allowed: check the day and the period.
SELECT s.file, s.line, 'received_on' AS column_name, r.ends_on AS value
FROM sheet AS s
JOIN reporting_period AS r USING (period_id)
WHERE s.received_on < r.ends_on
AND s.received_on >= r.starts_on
