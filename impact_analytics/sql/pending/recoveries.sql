-- One row per recovery ordered and not received in full: what is missing, and days since it was ordered.
WITH told AS (
    SELECT
        v.*,
        p.territory,
        p.macro_area,
        CASE WHEN v.received_on <= $as_of THEN v.received_eur ELSE 0 END AS back_eur
    FROM recovery AS v
    JOIN fact_place AS p USING (project_id)
    WHERE v.known_from <= $as_of
)
SELECT
    CASE WHEN t.back_eur > 0 THEN 'partly' ELSE 'ordered' END AS kind,
    t.project_id,
    t.territory,
    t.macro_area,
    'beneficiary' AS turn,
    date_diff('day', t.ordered_on, $as_of) AS days,
    CAST(t.ordered_eur - t.back_eur AS DECIMAL(18, 2)) AS eur,
    t.recovery_id AS reference,
    t.ordered_on AS since_on,
    CAST(t.back_eur AS DECIMAL(18, 2)) AS other_eur,
    t.reason_it AS title_it,
    t.reason_en AS title_en,
    a.short_it AS act_it,
    a.short_en AS act_en,
    t.basis
FROM told AS t
LEFT JOIN act AS a USING (act_id)
WHERE t.ordered_eur > t.back_eur
