-- One row per cell whose code is in no list of the programme.
-- severity: error
-- it: “{value}” non è in code.csv. Correggere il codice o aggiungerlo alla lista.
-- en: “{value}” is not in code.csv. Correct the code or add it to the list.
SELECT file, line, column_name, value
FROM (
    SELECT file, line, 'kind' AS list, 'kind' AS column_name, kind AS value FROM partner
    UNION ALL
    SELECT file, line, 'role', 'role', role FROM partner
    UNION ALL
    SELECT file, line, 'network', 'network', network FROM network_count
    UNION ALL
    SELECT file, line, 'network', 'parent', parent FROM code WHERE list = 'kind'
    UNION ALL
    SELECT file, line, 'act_kind', 'kind', kind FROM act
    UNION ALL
    SELECT file, line, 'cost_category', 'cost_category', cost_category FROM budget
    UNION ALL
    SELECT file, line, 'cost_category', 'cost_category', cost_category FROM sheet_financial
    UNION ALL
    SELECT file, line, 'cause_origin', 'origin', origin FROM sheet_cause
    UNION ALL
    SELECT file, line, 'cause_nature', 'nature', nature FROM sheet_cause
) AS used
WHERE value IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM code AS c WHERE c.list = used.list AND c.code = used.value)
ORDER BY file, line
