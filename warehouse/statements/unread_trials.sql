-- purpose: the trials held that were not read under a release, but for those that are gone
-- grain: one row a trial
-- parameters: day
SELECT nct_id FROM trial_sighting WHERE source_day < $day AND registry_state <> 'gone'
