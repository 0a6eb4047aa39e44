-- One row per day asked for and kind of legal limit: the limit in force.
SELECT
    day.as_of,
    l.kind,
    l.limit_on,
    l.act_id,
    l.basis
FROM day
JOIN legal_limit AS l ON l.known_from <= day.as_of
QUALIFY row_number() OVER (PARTITION BY day.as_of, l.kind ORDER BY l.known_from DESC) = 1
