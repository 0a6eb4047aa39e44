-- One row per day asked for and project declared finalised in annual accounts known by then: its cumulated EU contribution in the accounts, and how much of it financial checks on the spot covered (never more than all of it).
-- `financial_year` is the first whose accounts call it finalised. Where no check was ever recorded nothing is known of them.
WITH declared AS (
    SELECT
        day.as_of,
        r.project_id,
        min(a.financial_year) FILTER (WHERE a.final) AS financial_year,
        sum(a.eu_eur) AS contribution_eu_eur
    FROM day
    JOIN accounts_entry AS a ON a.known_from <= day.as_of
    JOIN payment_request AS r USING (request_id)
    GROUP BY day.as_of, r.project_id
),
controlled AS (
    SELECT
        day.as_of,
        c.project_id,
        sum(c.controlled_eu_eur) AS controlled_eu_eur
    FROM day
    JOIN on_the_spot_check AS c ON c.done_on <= day.as_of
    WHERE c.kind = 'financial'
    GROUP BY day.as_of, c.project_id
)
SELECT
    d.as_of,
    d.project_id,
    p.territory,
    p.macro_area,
    d.financial_year,
    d.contribution_eu_eur,
    CASE WHEN EXISTS (SELECT 1 FROM on_the_spot_check) THEN greatest(0, least(coalesce(c.controlled_eu_eur, 0), d.contribution_eu_eur)) END AS controlled_eu_eur,
    1 AS projects,
    p.basis
FROM declared AS d
JOIN fact_place AS p USING (project_id)
LEFT JOIN controlled AS c ON c.as_of = d.as_of AND c.project_id = d.project_id
WHERE d.financial_year IS NOT NULL
