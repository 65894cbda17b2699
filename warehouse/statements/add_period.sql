-- purpose: a night or week that a run did or covers; one that stands in the ledger stays as it is
-- parameters: job, period, due_at, status, run_id, clock
INSERT INTO run_period
SELECT $job, $period, CAST($due_at AS TIMESTAMP), $status, $run_id, CAST($clock AS TIMESTAMP)
WHERE NOT EXISTS (FROM run_period WHERE job = $job AND period = $period)
