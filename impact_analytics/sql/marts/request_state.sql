-- One row per day asked for and payment request submitted by then: who holds it, since when, and the days spent with each so far.
-- A request whose steps nobody wrote down is in nobody's hands since it was submitted.
WITH step AS (
    SELECT
        day.as_of,
        s.request_id,
        s.position,
        s.step,
        s.holder,
        s.on_date,
        lead(s.on_date) OVER (PARTITION BY day.as_of, s.request_id ORDER BY s.position) AS until_on
    FROM day
    JOIN request_step AS s ON s.on_date <= day.as_of
),
clock AS (
    SELECT
        as_of,
        request_id,
        arg_max(step, position) AS step,
        arg_max(holder, position) AS holder,
        max(on_date) AS since_on,
        coalesce(sum(date_diff('day', on_date, coalesce(until_on, as_of))) FILTER (WHERE holder = 'authority'), 0) AS authority_days,
        coalesce(sum(date_diff('day', on_date, coalesce(until_on, as_of))) FILTER (WHERE holder = 'beneficiary'), 0) AS beneficiary_days,
        coalesce(sum(date_diff('day', on_date, coalesce(until_on, as_of))) FILTER (WHERE holder = 'auditor'), 0) AS auditor_days,
        coalesce(sum(date_diff('day', on_date, coalesce(until_on, as_of))) FILTER (WHERE holder = 'suspended'), 0) AS suspended_days
    FROM step
    GROUP BY as_of, request_id
)
SELECT
    day.as_of,
    r.request_id,
    r.project_id,
    p.territory,
    p.macro_area,
    r.number,
    r.submitted_on,
    r.declared_eur,
    CASE WHEN r.decided_on <= day.as_of THEN r.eligible_eur END AS eligible_eur,
    c.step,
    coalesce(c.holder, 'nobody') AS holder,
    coalesce(c.since_on, r.submitted_on) AS since_on,
    date_diff('day', r.submitted_on, day.as_of) AS age_days,
    c.authority_days,
    c.beneficiary_days,
    c.auditor_days,
    c.suspended_days,
    CASE WHEN r.decided_on <= day.as_of THEN 0 ELSE 1 END AS open,
    1 AS requests,
    r.basis
FROM day
JOIN payment_request AS r ON r.submitted_on <= day.as_of
LEFT JOIN clock AS c ON c.as_of = day.as_of AND c.request_id = r.request_id
JOIN fact_place AS p USING (project_id)
