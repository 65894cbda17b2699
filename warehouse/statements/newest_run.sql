-- purpose: the newest run, and the clock of the newest one that read the sources; one row, NULLs where there is none
SELECT max(run_id) AS run_id, max(clock_at) FILTER (job = 'nightly') AS clock_at FROM run
