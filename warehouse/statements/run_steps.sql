-- purpose: the steps of a run that were committed
-- grain: one row a step, in order
-- parameters: run_id
SELECT * EXCLUDE (run_id)
FROM run_step
WHERE run_id = $run_id
ORDER BY step_no
