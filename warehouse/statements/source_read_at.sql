-- purpose: when a source was last read by a nightly run; NULL: never
-- parameters: source
SELECT max(r.clock_at) AS read_at
FROM run_step AS s
JOIN run AS r USING (run_id)
WHERE r.job = 'nightly' AND s.step = $source AND s.status = 'done'
