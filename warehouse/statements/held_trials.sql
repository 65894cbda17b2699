-- purpose: the trials of which anything is held: a record, or a match with an item
-- grain: one row a trial
SELECT nct_id FROM trial_sighting
UNION
SELECT record FROM watch_match WHERE source = 'clinicaltrials'
