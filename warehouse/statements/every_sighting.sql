-- purpose: what is held of every trial, in order of their numbers
-- grain: one row a trial held
SELECT nct_id, registry_state, raw_hash, source_day, missing_days, first_seen_at FROM trial_sighting ORDER BY nct_id
