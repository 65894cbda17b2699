-- purpose: whether a period is in the ledger, how its runs failed so far, since when there are nights, up to when
--     letters tell; one row
-- parameters: job, period, since (when it became due)
SELECT
    (SELECT count(*) > 0 FROM run_period WHERE job = $job AND period = $period) AS is_done,
    count(*) FILTER (job = $job AND status = 'failed' AND clock_at >= $since) AS failures,
    max(clock_at) FILTER (job = $job AND status = 'failed' AND clock_at >= $since) AS failed_at,
    min(clock_at) FILTER (job = 'nightly') AS first_night,
    max(clock_at) FILTER (job IN ('nightly', 'import')) AS newest_at,
    (SELECT max(until_at) FROM digest) AS told_until
FROM run
