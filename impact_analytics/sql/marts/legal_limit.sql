-- One row per day asked for and kind of legal limit: the limit in force.
SELECT
    day.as_of,
    l.kind,
    arg_max(l.limit_on, l.known_from) AS limit_on,
    arg_max(l.act_id, l.known_from) AS act_id,
    min(l.basis) AS basis
FROM day
JOIN legal_limit AS l ON l.known_from <= day.as_of
GROUP BY day.as_of, l.kind
