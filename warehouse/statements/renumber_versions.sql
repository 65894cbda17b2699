-- purpose: write the registry's own numbers beside versions held
-- parameters: version_ids, numbers (lists of equal length)
UPDATE trial_version_log AS v
SET registry_version = n.number, valid_from = NULL  -- its trial's versions are placed anew
FROM (SELECT unnest($version_ids) AS version_id, unnest($numbers) AS number) AS n
WHERE v.version_id = n.version_id
