-- One row per territory and reference day, with the span of days it is the newest count.
SELECT
    n.territory,
    t.macro_area,
    n.on_date,
    n.third_country_nationals,
    n.long_term_permits,
    n.foreign_residents,
    n.residents,
    n.on_date AS known_from,
    lead(n.on_date) OVER (PARTITION BY n.territory ORDER BY n.on_date) AS known_to,
    n.basis
FROM population AS n
JOIN territory AS t USING (territory)
