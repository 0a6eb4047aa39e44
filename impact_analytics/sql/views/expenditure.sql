-- One row per project, action line, cost category, period it is for, entry and day it became known: flows of commitments and expenditure incurred; a withdrawal takes out all of it.
SELECT
    m.project_id,
    m.territory,
    m.macro_area,
    c.action_line,
    c.cost_category,
    m.period_id,
    m.period_ends_on,
    m.entry,
    CASE WHEN m.entry = 'reported' THEN c.committed_eur ELSE -c.committed_eur END AS committed_eur,
    CASE WHEN m.entry = 'reported' THEN c.incurred_eur ELSE -c.incurred_eur END AS incurred_eur,
    m.known_from,
    c.basis
FROM fact_flow AS c
JOIN fact_moment AS m USING (moment)
