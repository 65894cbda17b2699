-- purpose: every change of one trial as it stands now
-- grain: one row a change, in no order
-- parameters: nct_id
SELECT
    change_id,
    to_version_id,
    kind,
    action,
    item,
    field,
    old_value,
    new_value,
    detail,
    weight,
    origin,
    source_submit_date,
    source_post_date,
    source_post_date - source_submit_date AS lag_days,
    source_day,
    observed_at
FROM trial_change
WHERE nct_id = $nct_id
