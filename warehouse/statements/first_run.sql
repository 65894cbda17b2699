-- purpose: the instant of the first run, which tells this warehouse from all others
SELECT min(clock_at) AS first_run_at FROM run
