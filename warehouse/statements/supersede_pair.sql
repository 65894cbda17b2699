-- purpose: the changes of a pair of versions between which another was learnt
-- parameters: before, after, clock
UPDATE trial_change_log
SET superseded_at = $clock
WHERE from_version_id = $before AND to_version_id = $after AND superseded_at IS NULL
