-- One row per financial year, named by the year it ends in: it runs from 16 October to 15 October (Reg. (EU) 514/2014).
SELECT
    CAST(n.number AS INTEGER) AS financial_year,
    make_date(CAST(n.number AS INTEGER) - 1, 10, 16) AS starts_on,
    make_date(CAST(n.number AS INTEGER), 10, 15) AS ends_on
FROM range(2000, 2101) AS n(number)
