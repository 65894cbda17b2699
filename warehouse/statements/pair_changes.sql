-- purpose: what earlier runs said of some pairs of versions
-- grain: one row a change
-- parameters: before, after (lists of equal length), run_id
SELECT nct_id, kind, field, item, new_value, observed_at, origin, run_id
FROM trial_change_log
WHERE superseded_at IS NULL
    AND run_id <> $run_id
    AND (from_version_id, to_version_id) IN (SELECT (unnest($before), unnest($after)))
