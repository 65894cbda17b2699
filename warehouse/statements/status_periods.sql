-- purpose: the newest night and week that stand in the ledger
-- grain: one row a job
SELECT job, arg_max(period, due_at) AS period, max(due_at) AS due_at, arg_max(done_at, due_at) AS done_at
FROM run_period
GROUP BY job
ORDER BY job
