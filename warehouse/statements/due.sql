-- purpose: whether a job was done since it was last due, since when there are nights, up to when letters tell; one row
-- parameters: job, since
SELECT
    coalesce(bool_or(job = $job AND status = 'done' AND clock_at >= $since), false) AS is_done,
    min(clock_at) FILTER (job = 'nightly') AS first_night,
    (SELECT max(until_at) FROM digest) AS told_until
FROM run
