-- One row per legal limit in force that comes within a year, or is passed while something is still open.
WITH still AS (
    SELECT
        (SELECT count(*) FROM mart_project_state WHERE as_of = $as_of AND state = 'active') AS projects,
        (SELECT count(*) FROM mart_request_state WHERE as_of = $as_of AND open = 1) AS requests
),
held AS (
    SELECT
        l.*,
        l.limit_on < $as_of AS passed,
        CASE l.kind
            WHEN 'incurred' THEN s.projects
            WHEN 'paid' THEN s.requests
            ELSE s.projects + s.requests
        END AS still_open
    FROM mart_legal_limit AS l
    CROSS JOIN still AS s
    WHERE l.as_of = $as_of
)
SELECT
    h.kind || CASE WHEN h.passed THEN '_passed' ELSE '' END AS kind,
    'authority' AS turn,
    abs(date_diff('day', h.limit_on, $as_of)) AS days,
    NOT h.passed AS ahead,
    h.kind AS reference,
    h.limit_on AS since_on,
    h.still_open AS count,
    a.short_it AS act_it,
    a.short_en AS act_en,
    h.basis
FROM held AS h
LEFT JOIN act AS a USING (act_id)
WHERE CASE WHEN h.passed THEN h.still_open > 0 ELSE h.limit_on <= CAST($as_of AS DATE) + 365 END
