-- One row per project, indicator, period it is for and day it became known: flows of the indicator's value (never added over indicators).
SELECT
    p.project_id,
    p.territory,
    p.macro_area,
    i.action_line,
    f.indicator_id,
    v.period_id,
    v.ends_on AS period_ends_on,
    sum(e.sign * f.value) AS value,
    e.known_from,
    f.basis
FROM fact_sheet_entry AS e
JOIN fact_sheet_version AS v ON v.sheet_id = e.period_of
JOIN fact_place AS p ON p.project_id = v.project_id
JOIN sheet_physical AS f ON f.sheet_id = e.amounts_of
JOIN indicator AS i USING (indicator_id)
GROUP BY ALL
HAVING sum(e.sign * f.value) <> 0
