-- purpose: versions an earlier release wrote without what `trial` says of them
-- grain: one row a version, some of them at a time
SELECT * REPLACE (CAST(payload AS VARCHAR) AS payload)
FROM trial_version_log
WHERE state IS NULL
LIMIT 500
