-- One row per version of a call's endowment or of a project's funding, with the amount it replaces.
WITH endowed AS (
    SELECT
        *,
        lag(amount_eur IGNORE NULLS) OVER (PARTITION BY call_id ORDER BY known_from, endowment_id) AS before
    FROM endowment
),
funded AS (
    SELECT
        *,
        lag(amount_eur) OVER (PARTITION BY project_id ORDER BY version) AS before
    FROM funding
)
SELECT
    CASE
        WHEN e.amount_eur IS NULL THEN 'endowment_not_public'
        WHEN e.before IS NULL THEN 'endowment_set'
        ELSE 'endowment_moved'
    END AS kind,
    e.known_from AS known_on,
    NULL AS project_id,
    NULL AS territory,
    NULL AS macro_area,
    e.endowment_id AS reference,
    e.kind AS variant,
    e.before,
    e.amount_eur AS after,
    'eur' AS unit,
    a.short_it AS act_it,
    a.short_en AS act_en,
    e.basis,
    e.source_id
FROM endowed AS e
LEFT JOIN act AS a USING (act_id)
UNION ALL
SELECT
    CASE
        WHEN f.before IS NULL THEN 'assigned'
        WHEN f.before = f.amount_eur THEN 'funding_kept'
        ELSE 'funding_moved'
    END AS kind,
    f.known_from AS known_on,
    f.project_id,
    p.territory,
    p.macro_area,
    f.project_id || '-' || f.version AS reference,
    NULL AS variant,
    f.before,
    f.amount_eur AS after,
    'eur' AS unit,
    a.short_it AS act_it,
    a.short_en AS act_en,
    f.basis,
    f.source_id
FROM funded AS f
JOIN fact_place AS p USING (project_id)
LEFT JOIN act AS a USING (act_id)
