-- One row per finding that is not closed: without a reaction since it was made, else since the reaction.
WITH told AS (
    SELECT
        f.*,
        p.territory,
        p.macro_area,
        coalesce(f.reaction_on <= $as_of, FALSE) AS answered
    FROM finding AS f
    JOIN fact_place AS p USING (project_id)
    WHERE f.found_on <= $as_of
    AND (f.closed_on IS NULL OR f.closed_on > $as_of)
)
SELECT
    CASE WHEN answered THEN 'answered' ELSE 'unanswered' END AS kind,
    project_id,
    territory,
    macro_area,
    CASE WHEN answered THEN 'authority' ELSE 'beneficiary' END AS turn,
    date_diff('day', CASE WHEN answered THEN reaction_on ELSE found_on END, $as_of) AS days,
    CASE WHEN cut_eur > 0 THEN cut_eur END AS eur,
    finding_id AS reference,
    CASE WHEN answered THEN reaction_on ELSE found_on END AS since_on,
    severity AS variant,
    sentence AS title_it,
    sentence AS title_en,
    basis
FROM told
