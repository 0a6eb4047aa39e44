-- One row per decision of a term, of the call or of a project: the term it moves and the months between.
WITH decided AS (
    SELECT
        d.deadline_id,
        d.call_id,
        d.project_id,
        d.project_id IS NOT NULL AS own,
        coalesce(d.known_from, d.decided_not_after) AS certain_from,
        d.ends_on,
        CASE WHEN d.known_from IS NULL THEN '_by' ELSE '' END AS act_not_found,
        d.extension,
        d.act_id,
        d.basis,
        d.source_id
    FROM deadline AS d
),
moving AS (
    SELECT
        d.deadline_id,
        arg_max(e.ends_on, (e.certain_from, e.own, e.ends_on)) AS before_on
    FROM decided AS d
    JOIN decided AS e
        ON e.call_id = d.call_id
        AND (NOT e.own OR e.project_id = d.project_id)
        AND (e.certain_from, e.own, e.ends_on) < (d.certain_from, d.own, d.ends_on)
    GROUP BY d.deadline_id
),
-- Before its first decision, the call's term is the earliest that is attested for a single project.
attested AS (
    SELECT
        d.deadline_id,
        min(e.ends_on) AS before_on
    FROM decided AS d
    JOIN decided AS e ON e.call_id = d.call_id AND e.own AND e.certain_from <= d.certain_from
    WHERE NOT d.own
    GROUP BY d.deadline_id
),
told AS (
    SELECT
        d.*,
        coalesce(m.before_on, t.before_on) AS before_on
    FROM decided AS d
    LEFT JOIN moving AS m USING (deadline_id)
    LEFT JOIN attested AS t USING (deadline_id)
)
SELECT
    CASE
        WHEN t.before_on IS NULL THEN 'term_set'
        WHEN t.before_on = t.ends_on THEN 'term_taken_over'
        ELSE 'term_moved'
    END || t.act_not_found AS kind,
    greatest(t.certain_from, coalesce(p.known_from, t.certain_from)) AS known_on,
    t.project_id,
    p.territory,
    p.macro_area,
    t.deadline_id AS reference,
    t.extension AS variant,
    t.before_on AS before,
    t.ends_on AS after,
    'date' AS unit,
    a.short_it AS act_it,
    a.short_en AS act_en,
    t.basis,
    t.source_id
FROM told AS t
LEFT JOIN fact_place AS p USING (project_id)
LEFT JOIN act AS a USING (act_id)
WHERE p.withdrawn_on IS NULL
OR t.certain_from <= p.withdrawn_on
