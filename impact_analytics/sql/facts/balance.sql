-- One row per flow that moves the uncovered advance: paid adds, recovered and eligible take away.
SELECT
    project_id,
    territory,
    macro_area,
    CASE WHEN stage = 'paid' THEN amount_eur ELSE -amount_eur END AS amount_eur,
    known_from,
    basis
FROM fact_cash
WHERE stage IN ('paid', 'recovered')
UNION ALL
SELECT
    project_id,
    territory,
    macro_area,
    -amount_eur AS amount_eur,
    known_from,
    basis
FROM fact_request
WHERE stage = 'eligible'
