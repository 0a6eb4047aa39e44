-- One row per project with decided requests of which nothing is in the annual accounts: their EU share, days since the first decision.
-- What was in the accounts and was taken out again stays out. Where a programme holds no accounts at all, nobody can tell.
WITH due AS (
    SELECT r.*
    FROM payment_request AS r
    WHERE r.decided_on <= $as_of
    AND r.eligible_eur > 0
    AND EXISTS (SELECT 1 FROM accounts_entry)
    AND NOT EXISTS (SELECT 1 FROM accounts_entry AS a WHERE a.request_id = r.request_id AND a.known_from <= $as_of)
)
SELECT
    'due' AS kind,
    d.project_id,
    p.territory,
    p.macro_area,
    'authority' AS turn,
    date_diff('day', min(d.decided_on), $as_of) AS days,
    CASE WHEN min(d.basis) = max(d.basis) THEN CAST(sum(d.eligible_eu_eur) AS DECIMAL(18, 2)) END AS eur,
    arg_min(d.request_id, (d.decided_on, d.number)) AS reference,
    min(d.decided_on) AS since_on,
    count(*) AS count,
    list(CAST(d.number AS VARCHAR) ORDER BY d.number) AS listed,
    CASE WHEN min(d.basis) = max(d.basis) THEN min(d.basis) ELSE 'mixed' END AS basis
FROM due AS d
JOIN fact_place AS p USING (project_id)
GROUP BY d.project_id, p.territory, p.macro_area
