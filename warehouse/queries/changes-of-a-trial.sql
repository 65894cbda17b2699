-- What changed in one trial, and when?
-- nct_id (text, needed): its number, such as NCT01968109
SELECT source_submit_date, source_post_date, observed_at, origin, kind, action, item, old_value, new_value, weight
FROM trial_change
WHERE nct_id = getvariable('nct_id')
ORDER BY coalesce(source_submit_date, source_day), observed_at, kind, item
