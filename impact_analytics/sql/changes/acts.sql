-- One row per act adopted, but for those of a project that its term, a recovery or a change request cites: they are told there.
SELECT
    'adopted' AS kind,
    greatest(a.known_from, coalesce(p.known_from, a.known_from)) AS known_on,
    p.project_id,
    p.territory,
    p.macro_area,
    a.act_id AS reference,
    a.title_it,
    a.title_en,
    a.short_it AS act_it,
    a.short_en AS act_en,
    a.basis,
    a.source_id
FROM act AS a
LEFT JOIN fact_place AS p USING (project_id)
WHERE a.project_id IS NULL
OR (
    NOT EXISTS (SELECT 1 FROM deadline AS d WHERE d.act_id = a.act_id)
    AND NOT EXISTS (SELECT 1 FROM recovery AS r WHERE r.act_id = a.act_id)
    AND NOT EXISTS (SELECT 1 FROM change_request AS c WHERE c.act_id = a.act_id)
)
