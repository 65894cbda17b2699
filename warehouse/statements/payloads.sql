-- purpose: the payloads of some versions
-- grain: one row a version
-- parameters: version_ids
-- note: by their rows, which are next to each other: asked for by more than some fifty names, all payloads would be read
SELECT version_id, nct_id, markup, CAST(payload AS VARCHAR) AS payload
FROM trial_version_log
WHERE rowid IN (SELECT rowid FROM trial_version_log WHERE version_id IN (SELECT unnest($version_ids)))
