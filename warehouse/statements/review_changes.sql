-- purpose: the changes of some trials since a day, by the source's own dates
-- grain: one row a change
-- parameters: nct_ids, day
SELECT
    c.nct_id, c.change_id, c.kind, c.action, c.item, c.old_value, c.new_value, c.weight,
    coalesce(c.source_submit_date, c.source_day) AS source_date, c.observed_at
FROM trial_change AS c
WHERE c.nct_id IN (SELECT unnest($nct_ids))
    AND coalesce(c.source_submit_date, c.source_day) > $day
ORDER BY c.nct_id, source_date, c.observed_at, c.change_id
