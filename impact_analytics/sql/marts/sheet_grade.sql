-- One row per day asked for, project and period whose sheet is due or in: its grade (received, late, to_be_completed, missing).
WITH first AS (
    SELECT project_id, period_id, min(received_on) AS received_on FROM sheet GROUP BY project_id, period_id
),
asked AS (
    SELECT
        p.project_id,
        p.territory,
        p.macro_area,
        r.period_id,
        r.ends_on,
        r.due_on,
        least(r.due_on, coalesce(first.received_on, r.due_on)) AS graded_from,
        p.basis
    FROM reporting_period AS r
    JOIN fact_place AS p
        ON coalesce(p.started_on, p.known_from) <= r.ends_on
        AND (p.ended_on IS NULL OR r.starts_on <= p.ended_on)
        AND (p.withdrawn_on IS NULL OR r.ends_on <= p.withdrawn_on)
    LEFT JOIN first USING (project_id, period_id)
),
expected AS (
    SELECT day.as_of, asked.*
    FROM asked
    JOIN day ON asked.graded_from <= day.as_of
),
arrived AS (
    SELECT
        day.as_of,
        s.project_id,
        s.period_id,
        min(s.received_on) AS first_received_on,
        max(s.received_on) AS received_on,
        arg_max(s.sheet_id, s.version) AS sheet_id,
        max(s.version) AS version
    FROM day
    JOIN sheet AS s ON s.received_on <= day.as_of
    GROUP BY day.as_of, s.project_id, s.period_id
)
SELECT
    e.as_of,
    e.project_id,
    e.territory,
    e.macro_area,
    e.period_id,
    e.ends_on,
    e.due_on,
    a.sheet_id,
    a.version,
    a.first_received_on,
    a.received_on,
    newest.integration_asked_on,
    CASE
        WHEN a.sheet_id IS NULL THEN 'missing'
        WHEN newest.integration_asked_on <= e.as_of THEN 'to_be_completed'
        WHEN date_diff('day', e.due_on, a.first_received_on) > $late_days THEN 'late'
        ELSE 'received'
    END AS grade,
    CASE WHEN a.sheet_id IS NULL THEN date_diff('day', e.due_on, e.as_of) ELSE greatest(0, date_diff('day', e.due_on, a.first_received_on)) END AS late_days,
    1 AS sheets,
    e.basis
FROM expected AS e
LEFT JOIN arrived AS a USING (as_of, project_id, period_id)
LEFT JOIN sheet AS newest ON newest.sheet_id = a.sheet_id
