-- purpose: the job whose nights or weeks a run did, as the ledger has it; no row where it did none
-- parameters: run_id
SELECT DISTINCT job
FROM run_period
WHERE run_id = $run_id
