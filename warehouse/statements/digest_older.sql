-- purpose: status changes of the past that were learnt in a span
-- grain: one row a trial
-- parameters: since, until
SELECT
    nct_id,
    count(*) AS changes,
    CASE
        WHEN min(year(source_submit_date)) = max(year(source_submit_date)) THEN CAST(min(year(source_submit_date)) AS VARCHAR)
        ELSE concat(min(year(source_submit_date)), '–', max(year(source_submit_date)))
    END AS years
FROM trial_status_change
WHERE observed_at >= $since AND observed_at < $until AND origin = 'backfill'
GROUP BY nct_id
ORDER BY nct_id
