-- purpose: the trials that were ever served
-- grain: one row a trial
SELECT nct_id FROM trial_sighting
