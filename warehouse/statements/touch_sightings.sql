-- purpose: trials served tonight exactly as last time
-- parameters: nct_ids, day, clock
UPDATE trial_sighting
SET last_checked_at = $clock, source_day = greatest(source_day, $day)
WHERE nct_id IN (SELECT unnest($nct_ids))
