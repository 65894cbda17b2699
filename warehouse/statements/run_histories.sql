-- purpose: the trials whose record history a run has read
-- parameters: run_id
SELECT nct_id
FROM history_check
WHERE run_id = $run_id
ORDER BY nct_id
