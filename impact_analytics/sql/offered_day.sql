-- One row per day that readers are offered: ends of reporting periods, of quarters where none are known, days of acts, the programme's own day.
SELECT DISTINCT as_of
FROM (
    SELECT ends_on AS as_of FROM reporting_period
    UNION ALL
    SELECT adopted_on FROM act WHERE milestone
    UNION ALL
    SELECT last_day(make_date(CAST(y AS INTEGER), CAST(q * 3 AS INTEGER), 1))
    FROM range(2000, 2100) AS a(y), range(1, 5) AS b(q)
    WHERE NOT EXISTS (SELECT 1 FROM reporting_period)
    UNION ALL
    SELECT CAST($default_as_of AS DATE)
) AS days
WHERE as_of BETWEEN (SELECT min(opened_on) FROM programme_call) AND CAST($default_as_of AS DATE)
