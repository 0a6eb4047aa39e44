-- One row per on-the-spot check: EU contribution controlled and in error.
SELECT
    c.check_id,
    c.project_id,
    p.territory,
    p.macro_area,
    c.kind,
    c.selection,
    c.financial_year,
    1 AS checks,
    c.controlled_eu_eur,
    c.error_eu_eur,
    c.done_on AS known_from,
    c.basis
FROM on_the_spot_check AS c
JOIN fact_place AS p USING (project_id)
