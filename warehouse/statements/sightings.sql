-- purpose: what is held of some trials
-- grain: one row a trial held
-- parameters: nct_ids
SELECT nct_id, registry_state, raw_hash, source_day, missing_days, first_seen_at
FROM trial_sighting
WHERE nct_id IN (SELECT unnest($nct_ids))
