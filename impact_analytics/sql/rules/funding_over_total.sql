-- One row per call whose projects' first funding adds up to more than the endowment it must add up to.
-- severity: error
-- it: i finanziamenti dei progetti superano la dotazione di {value} euro. Correggere un importo.
-- en: the funding of the projects exceeds the endowment by {value} euro. Correct an amount.
SELECT e.file, e.line, 'amount_eur' AS column_name, sum(f.amount_eur) - e.amount_eur AS value
FROM endowment AS e
JOIN project AS p ON p.call_id = e.call_id
JOIN funding AS f ON f.project_id = p.project_id AND f.version = 1
WHERE e.total AND e.kind = 'assigned'
GROUP BY e.file, e.line, e.amount_eur
HAVING sum(f.amount_eur) > e.amount_eur
