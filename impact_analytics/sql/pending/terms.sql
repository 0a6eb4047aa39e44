-- One row per active project whose term is passed, comes within 90 days, or comes before the end its newest sheet expects.
WITH told AS (
    SELECT
        m.*,
        CASE
            WHEN m.term_on < $as_of THEN 'passed'
            WHEN m.residual_days > 0 THEN 'beyond'
            WHEN m.term_on <= CAST($as_of AS DATE) + 90 THEN 'passing'
        END AS kind
    FROM mart_term AS m
    JOIN mart_project_state AS s USING (as_of, project_id)
    WHERE m.as_of = $as_of
    AND s.state = 'active'
)
SELECT
    CASE WHEN t.kind = 'passed' AND t.residual_days > 0 THEN 'passed_beyond' ELSE t.kind END AS kind,
    t.project_id,
    t.territory,
    t.macro_area,
    CASE t.kind WHEN 'passed' THEN 'authority' ELSE 'beneficiary' END AS turn,
    CASE t.kind WHEN 'beyond' THEN t.residual_days ELSE abs(date_diff('day', t.term_on, $as_of)) END AS days,
    t.kind = 'passing' AS ahead,
    t.project_id AS reference,
    t.term_on AS since_on,
    t.expected_end_on AS other_on,
    a.short_it AS act_it,
    a.short_en AS act_en,
    t.basis
FROM told AS t
LEFT JOIN act AS a USING (act_id)
WHERE t.kind IS NOT NULL
