-- One row per sheet received before an earlier version of the same project and period.
-- severity: error
-- it: la versione {value} è arrivata prima della precedente. Correggere la data o il numero di versione.
-- en: version {value} was received before the one it corrects. Correct the date or the version number.
SELECT s.file, s.line, 'received_on' AS column_name, s.version AS value
FROM sheet AS s
WHERE EXISTS (
    SELECT 1
    FROM sheet AS earlier
    WHERE earlier.project_id = s.project_id
    AND earlier.period_id = s.period_id
    AND earlier.version < s.version
    AND earlier.received_on > s.received_on
)
