-- One row per payment request with more eligible than declared.
-- severity: error
-- it: l'importo ammesso supera il rendicontato di {value} euro. Correggere uno dei due.
-- en: the eligible amount exceeds the declared one by {value} euro. Correct one of them.
SELECT file, line, 'eligible_eur' AS column_name, eligible_eur - declared_eur AS value
FROM payment_request
WHERE eligible_eur > declared_eur
