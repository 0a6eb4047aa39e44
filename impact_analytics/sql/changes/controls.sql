-- One row per on-the-spot check done, finding made and finding closed.
SELECT
    'checked' AS kind,
    c.done_on AS known_on,
    c.project_id,
    p.territory,
    p.macro_area,
    c.check_id AS reference,
    c.kind AS variant,
    CAST(NULL AS DECIMAL(18, 2)) AS after,
    NULL AS unit,
    NULL AS title_it,
    NULL AS title_en,
    c.basis,
    c.source_id
FROM on_the_spot_check AS c
JOIN fact_place AS p USING (project_id)
UNION ALL
SELECT
    CASE WHEN f.cut_eur > 0 THEN 'found_cut' ELSE 'found' END AS kind,
    f.found_on AS known_on,
    f.project_id,
    p.territory,
    p.macro_area,
    f.finding_id AS reference,
    f.severity AS variant,
    CASE WHEN f.cut_eur > 0 THEN f.cut_eur END AS after,
    'eur' AS unit,
    f.sentence AS title_it,
    f.sentence AS title_en,
    f.basis,
    f.source_id
FROM finding AS f
JOIN fact_place AS p USING (project_id)
UNION ALL
SELECT
    'closed' AS kind,
    f.closed_on AS known_on,
    f.project_id,
    p.territory,
    p.macro_area,
    f.finding_id AS reference,
    f.severity AS variant,
    NULL AS after,
    NULL AS unit,
    f.sentence AS title_it,
    f.sentence AS title_en,
    f.basis,
    f.source_id
FROM finding AS f
JOIN fact_place AS p USING (project_id)
WHERE f.closed_on IS NOT NULL
