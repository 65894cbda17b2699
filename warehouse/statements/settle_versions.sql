-- purpose: the content hashes of versions that were loaded without looking into them
-- parameters: version_ids, hashes
UPDATE trial_version_log
SET content_hash = settled.content_hash
FROM (SELECT unnest($version_ids) AS version_id, unnest($hashes) AS content_hash) AS settled
WHERE trial_version_log.version_id = settled.version_id
