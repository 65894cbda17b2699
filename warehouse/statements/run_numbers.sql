-- purpose: the runs that the warehouse holds, in order
-- grain: one row a run
SELECT run_id
FROM run
ORDER BY run_id
