-- Which statuses moved within the last month, as first seen here?
SELECT nct_id, old_status, new_status, transition, why_stopped, source_submit_date, source_post_date, observed_at
FROM trial_status_change
WHERE
    origin <> 'backfill'
    AND observed_at >= coalesce(getvariable('today'), current_date) - INTERVAL 1 MONTH
ORDER BY observed_at DESC, nct_id
