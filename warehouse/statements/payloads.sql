-- purpose: the payloads of some versions
-- grain: one row a version
-- parameters: version_ids
SELECT version_id, nct_id, markup, CAST(payload AS VARCHAR) AS payload
FROM trial_version_log
WHERE version_id IN (SELECT unnest($version_ids))
