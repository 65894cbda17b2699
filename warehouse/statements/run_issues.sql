-- purpose: what went wrong in a run
-- parameters: run_id
SELECT *
FROM issue
WHERE run_id = $run_id
ORDER BY rowid
