-- One row per project and grade: sheets missing, to be completed, or in after their term and not yet reviewed.
WITH told AS (
    SELECT
        g.*,
        s.protocol,
        CASE g.grade
            WHEN 'missing' THEN g.due_on
            WHEN 'to_be_completed' THEN g.integration_asked_on
            ELSE g.received_on
        END AS since_on
    FROM mart_sheet_grade AS g
    LEFT JOIN sheet AS s USING (sheet_id)
    WHERE g.as_of = $as_of
    AND (
        g.grade IN ('missing', 'to_be_completed')
        OR g.grade = 'late'
        AND NOT EXISTS (SELECT 1 FROM desk_review AS d WHERE d.sheet_id = g.sheet_id AND d.reviewed_on <= $as_of)
    )
)
SELECT
    grade AS kind,
    project_id,
    territory,
    macro_area,
    CASE grade WHEN 'late' THEN 'authority' ELSE 'beneficiary' END AS turn,
    date_diff('day', min(since_on), $as_of) AS days,
    arg_min(period_id, (since_on, ends_on)) AS reference,
    min(since_on) AS since_on,
    count(*) AS count,
    list(period_id ORDER BY ends_on) AS listed,
    list(protocol ORDER BY ends_on) FILTER (WHERE protocol IS NOT NULL) AS protocols,
    min(basis) AS basis
FROM told
GROUP BY grade, project_id, territory, macro_area
