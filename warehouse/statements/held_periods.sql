-- purpose: every period in the ledger, with when its first and its newest fell due
-- grain: one row a job
SELECT job, list(period) AS periods, min(due_at) AS since, max(due_at) AS until
FROM run_period
GROUP BY job
