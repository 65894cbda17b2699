-- purpose: the payloads of some versions
-- parameters: version_ids
SELECT version_id, CAST(payload AS VARCHAR) AS payload
FROM trial_version_log
WHERE version_id IN (SELECT unnest($version_ids))
