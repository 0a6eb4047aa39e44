-- One row per work package expected to end after its approved end, without a word on why; newest sheet of a project.
-- severity: warning
-- it: la fine prevista ({value}) è dopo quella approvata e lo scostamento non è spiegato. Scrivere il motivo.
-- en: the expected end ({value}) is after the approved one and the deviation is not explained. Write why.
WITH newest AS (
    SELECT s.project_id, arg_max(s.sheet_id, (r.ends_on, s.version)) AS sheet_id
    FROM sheet AS s
    JOIN reporting_period AS r USING (period_id)
    GROUP BY s.project_id
)
SELECT f.file, f.line, 'deviation' AS column_name, f.expected_end_on AS value
FROM newest AS n
JOIN sheet_procedural AS f USING (sheet_id)
WHERE f.expected_end_on > f.approved_end_on
AND coalesce(trim(f.deviation), '') = ''
