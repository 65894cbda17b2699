-- purpose: is there a version that was not yet placed among those of its trial
-- grain: one row
SELECT EXISTS (FROM trial_version_log WHERE valid_from IS NULL)
