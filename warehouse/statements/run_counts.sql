-- purpose: how often each job ended how, when it last did, and how long that took
-- grain: one row a job and status
SELECT job, status, count(*) AS runs, max(clock_at) AS newest_at, arg_max(seconds, run_id) AS seconds
FROM run
GROUP BY job, status
ORDER BY job, status
