-- purpose: the newest runs of every job
-- grain: one row a run, newest first
-- parameters: most
SELECT run_id, job, period, clock_at, status, exit_code, seconds, message
FROM run
ORDER BY run_id DESC
LIMIT $most
