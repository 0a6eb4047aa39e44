-- One row per payment, recovery ordered or recovery received: flows of cash, what is paid positive, what comes back in its own stage.
SELECT
    p.project_id,
    p.territory,
    p.macro_area,
    'paid' AS stage,
    c.kind,
    c.amount_eur,
    c.known_from,
    c.basis
FROM payment AS c
JOIN fact_place AS p USING (project_id)
UNION ALL
SELECT
    p.project_id,
    p.territory,
    p.macro_area,
    'recovery_ordered' AS stage,
    'recovery' AS kind,
    r.ordered_eur,
    r.known_from,
    r.basis
FROM recovery AS r
JOIN fact_place AS p USING (project_id)
UNION ALL
SELECT
    p.project_id,
    p.territory,
    p.macro_area,
    'recovered' AS stage,
    'recovery' AS kind,
    r.received_eur,
    greatest(r.received_on, r.known_from) AS known_from,
    r.basis
FROM recovery AS r
JOIN fact_place AS p USING (project_id)
WHERE r.received_on IS NOT NULL
