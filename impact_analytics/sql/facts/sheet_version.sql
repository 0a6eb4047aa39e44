-- One row per sheet as received: the span of days it is the newest version for its project and period.
WITH version AS (
    SELECT
        s.sheet_id,
        s.project_id,
        s.period_id,
        r.starts_on,
        r.ends_on,
        r.due_on,
        s.version,
        s.integration_asked_on,
        s.received_on AS known_from,
        lead(s.received_on) OVER (PARTITION BY s.project_id, s.period_id ORDER BY s.version) AS known_to,
        s.basis
    FROM sheet AS s
    JOIN reporting_period AS r USING (period_id)
)
SELECT *
FROM version
WHERE known_to IS NULL OR known_from < known_to
