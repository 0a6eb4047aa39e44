-- One row per payment, recovery ordered and recovery received.
SELECT
    CASE WHEN q.number IS NULL THEN 'paid' ELSE 'paid_for' END AS kind,
    c.known_from AS known_on,
    c.project_id,
    p.territory,
    p.macro_area,
    c.payment_id AS reference,
    q.number,
    c.kind AS variant,
    CAST(NULL AS DECIMAL(18, 2)) AS before,
    c.amount_eur AS after,
    'eur' AS unit,
    NULL AS act_it,
    NULL AS act_en,
    c.basis,
    c.source_id
FROM payment AS c
JOIN fact_place AS p USING (project_id)
LEFT JOIN payment_request AS q USING (request_id)
UNION ALL
SELECT
    'recovery_ordered' AS kind,
    r.known_from AS known_on,
    r.project_id,
    p.territory,
    p.macro_area,
    r.recovery_id AS reference,
    NULL AS number,
    NULL AS variant,
    NULL AS before,
    r.ordered_eur AS after,
    'eur' AS unit,
    a.short_it AS act_it,
    a.short_en AS act_en,
    r.basis,
    r.source_id
FROM recovery AS r
JOIN fact_place AS p USING (project_id)
LEFT JOIN act AS a USING (act_id)
UNION ALL
SELECT
    CASE WHEN r.received_eur = r.ordered_eur THEN 'recovered_whole' ELSE 'recovered' END AS kind,
    greatest(r.received_on, r.known_from) AS known_on,
    r.project_id,
    p.territory,
    p.macro_area,
    r.recovery_id AS reference,
    NULL AS number,
    NULL AS variant,
    r.ordered_eur AS before,
    r.received_eur AS after,
    'eur' AS unit,
    NULL AS act_it,
    NULL AS act_en,
    r.basis,
    r.source_id
FROM recovery AS r
JOIN fact_place AS p USING (project_id)
WHERE r.received_on IS NOT NULL
