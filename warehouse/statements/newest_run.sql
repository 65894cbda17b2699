-- purpose: the newest run, and job and clock of the newest one that read the sources or a file; one row, NULLs where none
SELECT
    max(run_id) AS run_id,
    arg_max(job, (clock_at, run_id)) FILTER (job IN ('nightly', 'import')) AS job,
    max(clock_at) FILTER (job IN ('nightly', 'import')) AS clock_at
FROM run
