-- One row per change request that waits for a decision: days since it was made.
SELECT
    s.kind,
    s.project_id,
    s.territory,
    s.macro_area,
    'authority' AS turn,
    s.waiting_days AS days,
    s.change_id AS reference,
    s.requested_on AS since_on,
    c.title_it,
    c.title_en,
    s.basis
FROM mart_change_state AS s
JOIN change_request AS c USING (change_id)
WHERE s.as_of = $as_of
AND s.outcome = 'waiting'
