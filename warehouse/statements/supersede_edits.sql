-- purpose: mark the administrative edits of pairs of versions between which another was learnt
-- parameters: before, after (lists of equal length), clock
UPDATE trial_edit_log
SET superseded_at = $clock
WHERE superseded_at IS NULL
    AND (from_version_id, to_version_id) IN (SELECT (unnest($before), unnest($after)))
