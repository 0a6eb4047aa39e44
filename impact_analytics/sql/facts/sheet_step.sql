-- One row per sheet and span of days in which one earlier sheet (or none) is the newest known one before its period.
WITH moment AS (
    SELECT
        sheet_id,
        known_from AS on_day
    FROM fact_sheet_version
    UNION
    SELECT
        later.sheet_id,
        earlier.known_from AS on_day
    FROM fact_sheet_version AS later
    JOIN fact_sheet_version AS earlier
        ON earlier.project_id = later.project_id
        AND earlier.ends_on < later.ends_on
        AND earlier.known_from > later.known_from
        AND (later.known_to IS NULL OR earlier.known_from < later.known_to)
),
before AS (
    SELECT
        m.sheet_id,
        m.on_day,
        later.known_to AS sheet_known_to,
        arg_max(earlier.sheet_id, earlier.ends_on) AS before_id
    FROM moment AS m
    JOIN fact_sheet_version AS later USING (sheet_id)
    LEFT JOIN fact_sheet_version AS earlier
        ON earlier.project_id = later.project_id
        AND earlier.ends_on < later.ends_on
        AND earlier.known_from <= m.on_day
        AND (earlier.known_to IS NULL OR m.on_day < earlier.known_to)
    GROUP BY m.sheet_id, m.on_day, later.known_to
)
SELECT
    sheet_id,
    before_id,
    on_day AS known_from,
    coalesce(lead(on_day) OVER (PARTITION BY sheet_id ORDER BY on_day), sheet_known_to) AS known_to
FROM before
