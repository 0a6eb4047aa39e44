-- One row per finding and entry (found, closed): +1 when found, -1 open when closed.
SELECT
    f.finding_id,
    f.project_id,
    p.territory,
    p.macro_area,
    f.severity,
    f.irregularity,
    'found' AS entry,
    1 AS findings,
    coalesce(f.cut_eur, 0) AS cut_eur,
    f.found_on AS known_from,
    f.basis
FROM finding AS f
JOIN fact_place AS p USING (project_id)
UNION ALL
SELECT
    f.finding_id,
    f.project_id,
    p.territory,
    p.macro_area,
    f.severity,
    f.irregularity,
    'closed' AS entry,
    -1 AS findings,
    0 AS cut_eur,
    f.closed_on AS known_from,
    f.basis
FROM finding AS f
JOIN fact_place AS p USING (project_id)
WHERE f.closed_on IS NOT NULL
