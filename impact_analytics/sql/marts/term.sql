-- One row per day asked for and project known by then: first attested term, term in force, months moved by type, real or expected end, residual delay.
-- A term whose act was not found is certain from the latest day of its decision on. Before that it is only possible:
-- it stands in `possible_term_on`, and nothing else here counts it. What is decided after a project withdrew is not its own.
WITH decided AS (
    SELECT
        d.deadline_id,
        p.project_id,
        p.withdrawn_on,
        d.project_id IS NOT NULL AS own,
        d.ends_on,
        d.extension,
        d.known_from IS NULL AS act_not_found,
        d.decided_not_before,
        coalesce(d.known_from, d.decided_not_after) AS certain_from
    FROM deadline AS d
    JOIN fact_place AS p ON p.call_id = d.call_id AND (d.project_id IS NULL OR d.project_id = p.project_id)
    WHERE d.act_id IS NULL OR NOT list_contains($without, d.act_id)
),
step AS (
    SELECT
        *,
        lag(ends_on) OVER (PARTITION BY project_id ORDER BY certain_from, own, ends_on) AS before_on
    FROM decided
),
latest AS (
    SELECT
        day.as_of,
        s.project_id,
        arg_min(s.ends_on, (s.certain_from, s.own, s.ends_on)) AS first_term_on,
        arg_max(s.ends_on, (s.certain_from, s.own, s.ends_on)) AS term_on,
        arg_max(s.deadline_id, (s.certain_from, s.own, s.ends_on)) AS deadline_id,
        arg_max(s.act_not_found, (s.certain_from, s.own, s.ends_on)) AS act_not_found,
        arg_max(s.ends_on, (s.certain_from, s.ends_on)) FILTER (WHERE s.own) AS own_term_on,
        arg_max(s.ends_on, (s.certain_from, s.ends_on)) FILTER (WHERE NOT s.own) AS call_term_on,
        coalesce(sum(date_diff('month', s.before_on, s.ends_on)) FILTER (WHERE s.extension = 'with_money'), 0) AS with_money_months,
        coalesce(sum(date_diff('month', s.before_on, s.ends_on)) FILTER (WHERE s.extension = 'without_money'), 0) AS without_money_months,
        -- A project's own first term that is not the call's moves it too, and nobody says with what money.
        coalesce(sum(date_diff('month', s.before_on, s.ends_on)) FILTER (WHERE s.extension IN ('not_known', 'first')), 0) AS not_known_months
    FROM day
    JOIN step AS s ON s.certain_from <= day.as_of AND (s.withdrawn_on IS NULL OR s.certain_from <= s.withdrawn_on)
    GROUP BY day.as_of, s.project_id
),
possible AS (
    SELECT
        day.as_of,
        d.project_id,
        max(d.ends_on) AS possible_term_on,
        arg_max(d.certain_from, d.ends_on) AS possible_by_on
    FROM day
    JOIN decided AS d
        ON d.act_not_found
        AND day.as_of < d.certain_from
        AND (d.decided_not_before IS NULL OR d.decided_not_before <= day.as_of)
        AND (d.withdrawn_on IS NULL OR day.as_of < d.withdrawn_on)
    GROUP BY day.as_of, d.project_id
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
    day.as_of,
    p.project_id,
    p.territory,
    p.macro_area,
    l.first_term_on,
    l.term_on,
    l.own_term_on,
    l.call_term_on,
    d.act_id,
    l.act_not_found,
    o.possible_term_on,
    o.possible_by_on,
    l.with_money_months,
    l.without_money_months,
    l.not_known_months,
    l.with_money_months + l.without_money_months + l.not_known_months AS moved_months,
    p.started_on,
    CASE WHEN p.ended_on <= day.as_of THEN p.ended_on END AS ended_on,
    CASE WHEN p.withdrawn_on <= day.as_of THEN p.withdrawn_on END AS withdrawn_on,
    CASE WHEN p.withdrawn_on <= day.as_of THEN NULL ELSE e.expected_end_on END AS expected_end_on,
    CASE
        WHEN p.withdrawn_on <= day.as_of THEN NULL
        WHEN p.ended_on <= day.as_of THEN greatest(0, date_diff('day', l.term_on, p.ended_on))
        WHEN e.expected_end_on IS NOT NULL THEN greatest(0, date_diff('day', l.term_on, e.expected_end_on))
    END AS residual_days,
    coalesce(d.basis, p.basis) AS basis
FROM day
JOIN fact_place AS p ON p.known_from <= day.as_of
LEFT JOIN latest AS l ON l.as_of = day.as_of AND l.project_id = p.project_id
LEFT JOIN deadline AS d ON d.deadline_id = l.deadline_id
LEFT JOIN possible AS o ON o.as_of = day.as_of AND o.project_id = p.project_id
LEFT JOIN expected AS e ON e.as_of = day.as_of AND e.project_id = p.project_id
