-- One row per payment request submitted and not yet decided: in whose hand it lies, and for how many days.
SELECT
    r.holder AS kind,
    r.project_id,
    r.territory,
    r.macro_area,
    r.holder AS turn,
    date_diff('day', r.since_on, $as_of) AS days,
    r.declared_eur AS eur,
    r.request_id AS reference,
    r.since_on,
    r.submitted_on AS other_on,
    r.number,
    r.basis
FROM mart_request_state AS r
WHERE r.as_of = $as_of
AND r.open = 1
