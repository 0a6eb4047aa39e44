-- One row per project and step of its life: presented, started, ended, withdrawn (with the funding that was then in force).
WITH step AS (
    SELECT project_id, 'presented' AS kind, NULL AS happened_on, 'day' AS precision FROM project
    UNION ALL
    SELECT project_id, 'started' AS kind, started_on, started_precision FROM project WHERE started_on IS NOT NULL
    UNION ALL
    SELECT project_id, 'ended' AS kind, ended_on, ended_precision FROM project
    WHERE ended_on IS NOT NULL AND (withdrawn_on IS NULL OR ended_on < withdrawn_on)
    UNION ALL
    SELECT project_id, 'withdrawn' AS kind, withdrawn_on, withdrawn_precision FROM project WHERE withdrawn_on IS NOT NULL
),
told AS (
    SELECT
        s.kind,
        greatest(coalesce(s.happened_on, p.known_from), p.known_from) AS known_on,
        s.happened_on,
        coalesce(s.precision, 'day') AS precision,
        p.project_id,
        p.territory,
        p.title,
        p.basis,
        p.source_id
    FROM step AS s
    JOIN project AS p USING (project_id)
),
in_force AS (
    SELECT
        t.project_id,
        arg_max(f.amount_eur, f.version) AS amount_eur
    FROM told AS t
    JOIN funding AS f ON f.project_id = t.project_id AND f.known_from <= t.known_on
    WHERE t.kind = 'withdrawn'
    GROUP BY t.project_id
)
SELECT
    CASE WHEN t.kind = 'withdrawn' AND f.amount_eur IS NOT NULL THEN 'withdrawn_funded' ELSE t.kind END AS kind,
    t.known_on,
    t.happened_on,
    t.precision,
    t.project_id,
    t.territory,
    x.macro_area,
    t.project_id AS reference,
    CASE WHEN t.kind = 'withdrawn' THEN f.amount_eur END AS before,
    'eur' AS unit,
    t.title AS title_it,
    t.title AS title_en,
    t.basis,
    t.source_id
FROM told AS t
JOIN fact_place AS x USING (project_id)
LEFT JOIN in_force AS f USING (project_id)
