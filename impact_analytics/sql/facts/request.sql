-- One row per payment request and stage (declared, verified, examined, eligible, cut): flows of expenditure through the ladder.
WITH request AS (
    SELECT
        r.*,
        p.territory,
        p.macro_area
    FROM payment_request AS r
    JOIN fact_place AS p USING (project_id)
)
SELECT request_id, project_id, territory, macro_area, 'declared' AS stage, declared_eur AS amount_eur, NULL AS eu_eur, submitted_on AS known_from, basis FROM request
UNION ALL
SELECT request_id, project_id, territory, macro_area, 'verified' AS stage, verified_eur, NULL, verified_on, basis FROM request WHERE verified_on IS NOT NULL
UNION ALL
SELECT request_id, project_id, territory, macro_area, 'examined' AS stage, declared_eur, NULL, decided_on, basis FROM request WHERE decided_on IS NOT NULL
UNION ALL
SELECT request_id, project_id, territory, macro_area, 'eligible' AS stage, eligible_eur, eligible_eu_eur, decided_on, basis FROM request WHERE decided_on IS NOT NULL
UNION ALL
SELECT request_id, project_id, territory, macro_area, 'cut' AS stage, declared_eur - eligible_eur, NULL, decided_on, basis FROM request WHERE decided_on IS NOT NULL
UNION ALL
SELECT r.request_id, r.project_id, r.territory, r.macro_area, 'accounts' AS stage, a.eu_eur, a.eu_eur, a.known_from, a.basis
FROM accounts_entry AS a
JOIN request AS r USING (request_id)
