-- purpose: the clock of the newest run of all
SELECT max(clock_at) FROM run
