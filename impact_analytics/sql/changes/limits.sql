-- One row per legal limit set or moved, with the one it replaces.
SELECT
    CASE WHEN lag(l.limit_on) OVER earlier IS NULL THEN 'limit_set' ELSE 'limit_moved' END AS kind,
    l.known_from AS known_on,
    l.kind || '_' || l.known_from AS reference,
    l.kind AS variant,
    lag(l.limit_on) OVER earlier AS before,
    l.limit_on AS after,
    'date' AS unit,
    a.short_it AS act_it,
    a.short_en AS act_en,
    l.basis,
    l.source_id
FROM legal_limit AS l
LEFT JOIN act AS a USING (act_id)
WINDOW earlier AS (PARTITION BY l.kind ORDER BY l.known_from)
