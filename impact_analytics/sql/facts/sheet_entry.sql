-- One row per sheet to read, sign and day: a sheet's period gains its cumulative amounts and loses those of the sheet before it; a later sheet reverses both.
SELECT s.sheet_id AS period_of, s.sheet_id AS amounts_of, 1 AS sign, s.known_from FROM fact_sheet_step AS s
UNION ALL
SELECT s.sheet_id AS period_of, s.before_id AS amounts_of, -1 AS sign, s.known_from FROM fact_sheet_step AS s WHERE s.before_id IS NOT NULL
UNION ALL
SELECT s.sheet_id AS period_of, s.sheet_id AS amounts_of, -1 AS sign, s.known_to AS known_from FROM fact_sheet_step AS s WHERE s.known_to IS NOT NULL
UNION ALL
SELECT s.sheet_id AS period_of, s.before_id AS amounts_of, 1 AS sign, s.known_to AS known_from FROM fact_sheet_step AS s
WHERE s.known_to IS NOT NULL AND s.before_id IS NOT NULL
