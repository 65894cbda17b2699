-- purpose: when the newest night or week in the ledger was due; one row, NULL where there is none
-- parameters: job
SELECT max(due_at) AS due_at FROM run_period WHERE job = $job
