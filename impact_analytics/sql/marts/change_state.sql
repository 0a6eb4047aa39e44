-- One row per day asked for and change request made by then: waiting, decided or effective.
SELECT
    day.as_of,
    c.change_id,
    c.project_id,
    p.territory,
    p.macro_area,
    c.kind,
    c.requested_on,
    CASE WHEN c.decided_on <= day.as_of THEN c.outcome ELSE 'waiting' END AS outcome,
    CASE WHEN c.decided_on <= day.as_of THEN c.decided_on END AS decided_on,
    date_diff('day', c.requested_on, CASE WHEN c.decided_on <= day.as_of THEN c.decided_on ELSE day.as_of END) AS waiting_days,
    1 AS changes,
    c.basis
FROM day
JOIN change_request AS c ON c.requested_on <= day.as_of AND c.known_from <= day.as_of
JOIN fact_place AS p USING (project_id)
