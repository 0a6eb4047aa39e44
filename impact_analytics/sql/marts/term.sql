-- One row per day asked for and project: first attested term, term in force, months moved by type, real or expected end, residual delay.
WITH decided AS (
    SELECT
        d.deadline_id,
        p.project_id,
        d.project_id IS NOT NULL AS own,
        d.ends_on,
        d.act_id,
        d.extension,
        coalesce(d.known_from, d.decided_not_after) AS known_from,
        d.known_from IS NULL AS act_not_found,
        d.basis
    FROM deadline AS d
    JOIN fact_place AS p ON p.call_id = d.call_id AND (d.project_id IS NULL OR d.project_id = p.project_id)
    WHERE d.act_id IS NULL OR NOT list_contains($without, d.act_id)
),
step AS (
    SELECT
        *,
        lag(ends_on) OVER (PARTITION BY project_id ORDER BY known_from, own, ends_on) AS before_on
    FROM decided
),
latest AS (
    SELECT
        day.as_of,
        s.project_id,
        arg_min(s.ends_on, (s.known_from, s.own, s.ends_on)) AS first_term_on,
        arg_max(s.ends_on, (s.known_from, s.own, s.ends_on)) AS term_on,
        arg_max(s.act_id, (s.known_from, s.own, s.ends_on)) AS act_id,
        arg_max(s.act_not_found, (s.known_from, s.own, s.ends_on)) AS act_not_found,
        max(s.ends_on) FILTER (WHERE s.own) AS own_term_on,
        max(s.ends_on) FILTER (WHERE NOT s.own) AS call_term_on,
        coalesce(sum(date_diff('month', s.before_on, s.ends_on)) FILTER (WHERE s.extension = 'with_money'), 0) AS with_money_months,
        coalesce(sum(date_diff('month', s.before_on, s.ends_on)) FILTER (WHERE s.extension = 'without_money'), 0) AS without_money_months,
        coalesce(sum(date_diff('month', s.before_on, s.ends_on)) FILTER (WHERE s.extension = 'not_known'), 0) AS not_known_months,
        min(s.basis) AS basis
    FROM day
    JOIN step AS s ON s.known_from <= day.as_of
    GROUP BY day.as_of, s.project_id
),
expected AS (
    SELECT
        day.as_of,
        v.project_id,
        arg_max(e.expected_end_on, v.ends_on) AS expected_end_on
    FROM day
    JOIN fact_sheet_version AS v ON v.known_from <= day.as_of AND (v.known_to IS NULL OR day.as_of < v.known_to)
    JOIN (SELECT sheet_id, max(expected_end_on) AS expected_end_on FROM sheet_procedural GROUP BY sheet_id) AS e USING (sheet_id)
    WHERE e.expected_end_on IS NOT NULL
    GROUP BY day.as_of, v.project_id
)
SELECT
    l.as_of,
    p.project_id,
    p.territory,
    p.macro_area,
    l.first_term_on,
    l.term_on,
    l.own_term_on,
    l.call_term_on,
    l.act_id,
    l.act_not_found,
    l.with_money_months,
    l.without_money_months,
    l.not_known_months,
    l.with_money_months + l.without_money_months + l.not_known_months AS moved_months,
    p.started_on,
    CASE WHEN p.ended_on <= l.as_of THEN p.ended_on END AS ended_on,
    CASE WHEN p.withdrawn_on <= l.as_of THEN p.withdrawn_on END AS withdrawn_on,
    e.expected_end_on,
    CASE
        WHEN p.withdrawn_on <= l.as_of THEN NULL
        WHEN p.ended_on <= l.as_of THEN greatest(0, date_diff('day', l.term_on, p.ended_on))
        WHEN e.expected_end_on IS NOT NULL THEN greatest(0, date_diff('day', l.term_on, e.expected_end_on))
    END AS residual_days,
    l.basis
FROM latest AS l
JOIN fact_place AS p USING (project_id)
LEFT JOIN expected AS e USING (as_of, project_id)
WHERE p.known_from <= l.as_of
