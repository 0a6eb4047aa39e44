-- One row per sheet received or to be completed, and per figure that a correction changes.
WITH version AS (
    SELECT
        s.*,
        p.territory,
        p.macro_area,
        r.due_on,
        lag(s.sheet_id) OVER (PARTITION BY s.project_id, s.period_id ORDER BY s.version) AS before_id
    FROM sheet AS s
    JOIN fact_place AS p USING (project_id)
    JOIN reporting_period AS r USING (period_id)
),
financial AS (
    SELECT
        v.sheet_id,
        f.action_line,
        sum(f.incurred_eur) FILTER (WHERE f.sheet_id = v.before_id) AS incurred_before,
        sum(f.incurred_eur) FILTER (WHERE f.sheet_id = v.sheet_id) AS incurred_after,
        sum(f.committed_eur) FILTER (WHERE f.sheet_id = v.before_id) AS committed_before,
        sum(f.committed_eur) FILTER (WHERE f.sheet_id = v.sheet_id) AS committed_after
    FROM version AS v
    JOIN sheet_financial AS f ON f.sheet_id = v.sheet_id OR f.sheet_id = v.before_id
    WHERE v.before_id IS NOT NULL
    GROUP BY v.sheet_id, f.action_line
),
physical AS (
    SELECT
        v.sheet_id,
        f.indicator_id,
        max(f.value) FILTER (WHERE f.sheet_id = v.before_id) AS before,
        max(f.value) FILTER (WHERE f.sheet_id = v.sheet_id) AS after
    FROM version AS v
    JOIN sheet_physical AS f ON f.sheet_id = v.sheet_id OR f.sheet_id = v.before_id
    WHERE v.before_id IS NOT NULL
    GROUP BY v.sheet_id, f.indicator_id
),
figure AS (
    SELECT sheet_id, action_line, 'incurred' AS variant, incurred_before AS before, incurred_after AS after,
        'eur' AS unit, NULL AS title_it, NULL AS title_en
    FROM financial WHERE incurred_before IS DISTINCT FROM incurred_after
    UNION ALL
    SELECT sheet_id, action_line, 'committed' AS variant, committed_before, committed_after, 'eur', NULL, NULL
    FROM financial WHERE committed_before IS DISTINCT FROM committed_after
    UNION ALL
    SELECT p.sheet_id, i.action_line, 'indicator' AS variant, p.before, p.after,
        'count', i.name_it, i.name_en
    FROM physical AS p
    JOIN indicator AS i USING (indicator_id)
    WHERE p.before IS DISTINCT FROM p.after
)
SELECT
    CASE WHEN date_diff('day', v.due_on, v.received_on) > $late_days THEN 'received_late' ELSE 'received' END AS kind,
    v.received_on AS known_on,
    v.project_id,
    v.territory,
    v.macro_area,
    NULL AS action_line,
    v.sheet_id AS reference,
    v.period_id,
    v.version AS number,
    NULL AS variant,
    CAST(NULL AS DECIMAL(18, 2)) AS before,
    CAST(NULL AS DECIMAL(18, 2)) AS after,
    NULL AS unit,
    NULL AS title_it,
    NULL AS title_en,
    v.basis,
    v.source_id
FROM version AS v
WHERE v.before_id IS NULL
UNION ALL
SELECT
    CASE WHEN f.sheet_id IS NULL THEN 'corrected_alike' ELSE 'corrected' END AS kind,
    v.received_on AS known_on,
    v.project_id,
    v.territory,
    v.macro_area,
    f.action_line,
    v.sheet_id AS reference,
    v.period_id,
    v.version AS number,
    f.variant,
    f.before,
    f.after,
    f.unit,
    f.title_it,
    f.title_en,
    v.basis,
    v.source_id
FROM version AS v
LEFT JOIN figure AS f USING (sheet_id)
WHERE v.before_id IS NOT NULL
UNION ALL
SELECT
    'to_be_completed' AS kind,
    v.integration_asked_on AS known_on,
    v.project_id,
    v.territory,
    v.macro_area,
    NULL AS action_line,
    v.sheet_id AS reference,
    v.period_id,
    v.version AS number,
    NULL AS variant,
    NULL AS before,
    NULL AS after,
    NULL AS unit,
    NULL AS title_it,
    NULL AS title_en,
    v.basis,
    v.source_id
FROM version AS v
WHERE v.integration_asked_on IS NOT NULL
