-- One row per administrative verification of a payment request: whether it passed each of the three checks.
SELECT
    v.verification_id,
    v.request_id,
    r.project_id,
    p.territory,
    p.macro_area,
    v.formal,
    v.progress,
    v.analytical,
    v.verified_on AS known_from,
    v.basis
FROM verification AS v
JOIN payment_request AS r USING (request_id)
JOIN fact_place AS p USING (project_id)
