-- One row per project whose funding no source states: fixed part + share of the rest by need, in whole cents, largest remainder.
WITH rule AS (
    SELECT
        r.call_id,
        CAST(r.fixed_eur * 100 AS HUGEINT) AS fixed_cents,
        r.need,
        r.reference_on,
        CAST(e.amount_eur * 100 AS HUGEINT) AS total_cents,
        e.known_from
    FROM allocation_rule AS r
    JOIN endowment AS e USING (endowment_id)
    WHERE e.amount_eur IS NOT NULL
),
stated AS (
    SELECT
        p.call_id,
        CAST(sum(f.amount_eur) * 100 AS HUGEINT) AS cents,
        max(f.known_from) AS known_from
    FROM funding AS f
    JOIN fact_place AS p USING (project_id)
    WHERE f.version = 1
    GROUP BY p.call_id
),
unknown AS (
    SELECT
        p.project_id,
        p.call_id,
        p.territory,
        p.macro_area,
        p.known_from,
        r.known_from AS rule_known_from,
        r.fixed_cents,
        r.total_cents,
        CAST(
            CASE r.need
                WHEN 'third_country_nationals' THEN n.third_country_nationals
                WHEN 'foreign_residents' THEN n.foreign_residents
                ELSE n.residents
            END AS HUGEINT
        ) AS need
    FROM fact_place AS p
    JOIN rule AS r USING (call_id)
    JOIN population AS n ON n.territory = p.territory AND n.on_date = r.reference_on
    WHERE p.project_id NOT IN (SELECT project_id FROM funding)
),
pool AS (
    SELECT
        u.*,
        u.total_cents - coalesce(s.cents, 0) - count(*) OVER whole * u.fixed_cents AS pool_cents,
        sum(u.need) OVER whole AS pool_need,
        s.known_from AS stated_known_from
    FROM unknown AS u
    LEFT JOIN stated AS s USING (call_id)
    WINDOW whole AS (PARTITION BY u.call_id)
),
share AS (
    SELECT
        *,
        CAST(pool_cents * need AS HUGEINT) // CAST(pool_need AS HUGEINT) AS floor_cents,
        CAST(pool_cents * need AS HUGEINT) % CAST(pool_need AS HUGEINT) AS remainder
    FROM pool
    WHERE pool_cents > 0 AND need > 0
),
ranked AS (
    SELECT
        *,
        pool_cents - sum(floor_cents) OVER (PARTITION BY call_id) AS cents_left,
        row_number() OVER (PARTITION BY call_id ORDER BY remainder DESC, project_id) AS remainder_rank
    FROM share
)
SELECT
    project_id,
    territory,
    macro_area,
    CAST(
        CAST(fixed_cents + floor_cents + CASE WHEN remainder_rank <= cents_left THEN 1 ELSE 0 END AS DECIMAL(36, 2))
        * CAST(0.01 AS DECIMAL(2, 2)) AS DECIMAL(18, 2)
    ) AS amount_eur,
    CAST(need AS BIGINT) AS need,
    greatest(known_from, rule_known_from, coalesce(stated_known_from, known_from)) AS known_from,
    'estimate' AS basis
FROM ranked
