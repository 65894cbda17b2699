-- purpose: whether a job was done since it was last due, since when there are nights, up to when letters tell; one row
-- parameters: job, since
SELECT
    coalesce(
        bool_or(
            job = $job AND clock_at >= $since AND (
                status = 'done'
                -- A letter that was written, and that someone did not take, is not written again for that.
                OR (job = 'weekly' AND run_id IN (SELECT run_id FROM delivery WHERE kind = 'letter'))
            )
        ),
        false
    ) AS is_done,
    min(clock_at) FILTER (job = 'nightly') AS first_night,
    (SELECT max(until_at) FROM digest) AS told_until
FROM run
