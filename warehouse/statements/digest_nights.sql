-- purpose: the nights of a span on which a nightly run ended
-- grain: one row a night
-- parameters: since, until
SELECT
    CAST(clock_at AS DATE) AS night,
    (SELECT CAST(min(clock_at) AS DATE) FROM run WHERE job = 'nightly') AS first_night
FROM run
WHERE job = 'nightly' AND status IN ('done', 'failed') AND clock_at >= $since AND clock_at < $until
GROUP BY night
ORDER BY night
