-- purpose: the newest run; one row, NULLs where there is none
SELECT max(run_id) AS run_id, max(clock_at) AS clock_at FROM run
