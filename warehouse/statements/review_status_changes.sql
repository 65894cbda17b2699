-- purpose: when some trials changed status, had results posted, or left the registry's answers; evidence of verdicts
-- grain: one row a change
-- parameters: nct_ids
SELECT nct_id, change_id, kind, action, old_value, new_value, coalesce(source_submit_date, source_day) AS source_date
FROM trial_change
WHERE nct_id IN (SELECT unnest($nct_ids))
    AND (kind IN ('status', 'registry_state') OR (kind = 'results' AND action = 'posted'))
ORDER BY nct_id, source_date, change_id
