-- purpose: changes of the past that were learnt in a span, as they stood at its end
-- grain: one row a trial
-- parameters: since, until
SELECT
    nct_id,
    count(*) FILTER (kind = 'status') AS moves,
    count(*) FILTER (kind <> 'status') AS others,
    min(year(coalesce(source_submit_date, source_day))) AS first_year,
    max(year(coalesce(source_submit_date, source_day))) AS last_year
FROM trial_change_log
WHERE observed_at >= $since
    AND observed_at < $until
    AND recorded_at < $until
    AND (superseded_at IS NULL OR superseded_at >= $until)
    AND origin = 'backfill'
GROUP BY nct_id
ORDER BY nct_id
