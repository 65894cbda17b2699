-- purpose: a night or week stands in the ledger once
SELECT job, period, count(*) AS rows FROM run_period GROUP BY ALL HAVING count(*) > 1
