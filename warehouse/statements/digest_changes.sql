-- purpose: the changes first seen in a span, as they stood at its end; back-filled history is told apart
-- grain: one row a change
-- parameters: since, until
SELECT
    change_id,
    nct_id,
    kind,
    action,
    old_value,
    new_value,
    weight,
    detail ->> 'transition' AS transition,
    detail ->> 'why_stopped' AS why_stopped,
    detail ->> 'old_type' AS old_type,
    detail ->> 'new_type' AS new_type,
    source_submit_date,
    source_post_date,
    observed_at
FROM trial_change_log
WHERE observed_at >= $since
    AND observed_at < $until
    AND (superseded_at IS NULL OR superseded_at >= $until)
    AND origin <> 'backfill'
ORDER BY observed_at, source_submit_date, change_id
