-- purpose: every change of some trials as it stands now
-- grain: one row a change, in no order
-- parameters: nct_ids
SELECT
    c.nct_id,
    c.change_id,
    v.version_no,
    c.kind,
    c.action,
    c.item,
    c.field,
    c.old_value,
    c.new_value,
    c.detail,
    c.weight,
    c.origin,
    c.source_submit_date,
    c.source_post_date,
    c.source_post_date - c.source_submit_date AS lag_days,
    c.source_day,
    c.observed_at
FROM trial_change AS c
LEFT JOIN trial_version AS v ON v.version_id = c.to_version_id
WHERE c.nct_id IN (SELECT unnest($nct_ids))
