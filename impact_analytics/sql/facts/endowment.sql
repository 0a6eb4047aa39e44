-- One row per version of a call's endowment that states an amount, with the span of days it is the newest.
SELECT
    endowment_id,
    call_id,
    kind,
    total,
    amount_eur,
    known_from,
    lead(known_from) OVER (PARTITION BY call_id ORDER BY known_from) AS known_to,
    basis
FROM endowment
WHERE amount_eur IS NOT NULL
