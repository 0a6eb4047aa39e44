-- One row when the programme has no call at all.
-- severity: error
-- it: nessun avviso nella tabella. Aggiungere almeno una riga.
-- en: no call in the table. Add at least one row.
SELECT 'programme_call.csv' AS file, NULL AS line, 'call_id' AS column_name, '' AS value
WHERE NOT EXISTS (SELECT 1 FROM programme_call)
