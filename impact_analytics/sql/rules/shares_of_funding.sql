-- One row per funding version whose EU, State and own shares are all known and do not add up.
-- severity: error
-- it: quota UE + Stato + propria differisce dal totale di {value} euro. Correggere una quota.
-- en: EU + State + own share differs from the amount by {value} euro. Correct a share.
SELECT file, line, 'amount_eur' AS column_name, amount_eur - eu_eur - state_eur - coalesce(own_eur, 0) AS value
FROM funding
WHERE amount_eur - eu_eur - state_eur - coalesce(own_eur, 0) <> 0
