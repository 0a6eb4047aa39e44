-- One row per body known by name.
SELECT
    b.partner_id,
    b.project_id,
    p.territory,
    p.macro_area,
    b.kind,
    k.parent AS network,
    b.role,
    b.counts_in_total,
    1 AS partners,
    b.known_from,
    b.basis
FROM partner AS b
JOIN fact_place AS p USING (project_id)
LEFT JOIN code AS k ON k.list = 'kind' AND k.code = b.kind
