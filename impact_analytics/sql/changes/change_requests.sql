-- One row per change request and step: requested, decided (approved, refused, withdrawn).
WITH step AS (
    SELECT change_id, 'requested' AS kind, requested_on AS happened_on FROM change_request
    UNION ALL
    SELECT change_id, 'change_' || outcome AS kind, decided_on FROM change_request WHERE decided_on IS NOT NULL
)
SELECT
    s.kind,
    greatest(s.happened_on, c.known_from) AS known_on,
    c.project_id,
    p.territory,
    p.macro_area,
    c.change_id AS reference,
    c.kind AS variant,
    c.title_it,
    c.title_en,
    CASE WHEN s.kind <> 'requested' THEN a.short_it END AS act_it,
    CASE WHEN s.kind <> 'requested' THEN a.short_en END AS act_en,
    c.basis,
    c.source_id
FROM step AS s
JOIN change_request AS c USING (change_id)
JOIN fact_place AS p USING (project_id)
LEFT JOIN act AS a USING (act_id)
