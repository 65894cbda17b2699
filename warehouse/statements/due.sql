-- purpose: whether a job was done since it was last due, and when the first nightly run was; one row
-- parameters: job, since
SELECT
    coalesce(bool_or(job = $job AND status = 'done' AND clock_at >= $since), false) AS is_done,
    min(clock_at) FILTER (job = 'nightly') AS first_night
FROM run
