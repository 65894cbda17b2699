-- purpose: how a run stands in the ledger; no row where it never began
-- parameters: run_id
SELECT status, exit_code, seconds, message
FROM run
WHERE run_id = $run_id
