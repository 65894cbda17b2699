-- purpose: the newest nightly run
SELECT run_id, clock_at, status, exit_code, message FROM run WHERE job = 'nightly' ORDER BY run_id DESC LIMIT 1
