-- a run has one row
SELECT run_id FROM run GROUP BY run_id HAVING count(*) > 1
