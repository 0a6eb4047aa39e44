-- One row per project that was paid more than it gave back and than was found eligible: days since its advance was paid.
WITH balance AS (
    SELECT project_id, sum(amount_eur) AS eur, min(basis) AS basis, max(basis) AS other_basis
    FROM fact_balance
    WHERE known_from <= $as_of
    GROUP BY project_id
    HAVING sum(amount_eur) > 0
),
paid AS (
    SELECT
        project_id,
        coalesce(
            arg_min(payment_id, (coalesce(paid_on, known_from), payment_id)) FILTER (WHERE kind = 'advance'),
            arg_min(payment_id, (coalesce(paid_on, known_from), payment_id))
        ) AS payment_id
    FROM payment
    WHERE known_from <= $as_of
    GROUP BY project_id
),
claimed AS (
    SELECT project_id, sum(CASE stage WHEN 'recovery_ordered' THEN amount_eur ELSE -amount_eur END) AS eur
    FROM fact_cash
    WHERE stage IN ('recovery_ordered', 'recovered')
    AND known_from <= $as_of
    GROUP BY project_id
),
told AS (
    SELECT
        b.project_id,
        s.territory,
        s.macro_area,
        CASE
            WHEN c.eur >= b.eur THEN 'claimed'
            WHEN s.state IN ('ended', 'withdrawn') THEN 'over'
            ELSE 'running'
        END AS kind,
        b.eur,
        p.payment_id,
        coalesce(y.paid_on, y.known_from) AS since_on,
        CASE WHEN y.paid_on IS NULL THEN 'paid_by' ELSE 'paid_on' END AS variant,
        CASE WHEN b.basis = b.other_basis THEN b.basis ELSE 'mixed' END AS basis
    FROM balance AS b
    JOIN mart_project_state AS s ON s.project_id = b.project_id AND s.as_of = $as_of
    LEFT JOIN paid AS p ON p.project_id = b.project_id
    LEFT JOIN payment AS y ON y.payment_id = p.payment_id
    LEFT JOIN claimed AS c ON c.project_id = b.project_id
)
SELECT
    kind,
    project_id,
    territory,
    macro_area,
    CASE kind WHEN 'over' THEN 'authority' ELSE 'beneficiary' END AS turn,
    date_diff('day', since_on, $as_of) AS days,
    CASE WHEN basis <> 'mixed' THEN eur END AS eur,
    payment_id AS reference,
    since_on,
    variant,
    basis
FROM told
