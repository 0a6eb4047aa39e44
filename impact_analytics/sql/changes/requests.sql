-- One row per payment request and step: submitted, decided (declared against eligible), paid without a payment that says so.
WITH told AS (
    SELECT
        r.*,
        p.territory,
        p.macro_area
    FROM payment_request AS r
    JOIN fact_place AS p USING (project_id)
)
SELECT
    'submitted' AS kind,
    t.submitted_on AS known_on,
    t.project_id,
    t.territory,
    t.macro_area,
    t.request_id AS reference,
    t.number,
    CAST(NULL AS DECIMAL(18, 2)) AS before,
    t.declared_eur AS after,
    'eur' AS unit,
    t.basis,
    t.source_id
FROM told AS t
UNION ALL
SELECT
    CASE WHEN t.eligible_eur = t.declared_eur THEN 'decided_whole' ELSE 'decided' END AS kind,
    t.decided_on AS known_on,
    t.project_id,
    t.territory,
    t.macro_area,
    t.request_id AS reference,
    t.number,
    t.declared_eur AS before,
    t.eligible_eur AS after,
    'eur' AS unit,
    t.basis,
    t.source_id
FROM told AS t
WHERE t.decided_on IS NOT NULL
UNION ALL
SELECT
    'request_paid' AS kind,
    s.on_date AS known_on,
    t.project_id,
    t.territory,
    t.macro_area,
    t.request_id AS reference,
    t.number,
    NULL AS before,
    NULL AS after,
    NULL AS unit,
    t.basis,
    t.source_id
FROM told AS t
JOIN request_step AS s USING (request_id)
WHERE s.step = 'paid'
AND NOT EXISTS (SELECT 1 FROM payment AS c WHERE c.request_id = t.request_id)
