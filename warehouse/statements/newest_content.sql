-- purpose: the content that is newest in source order of some trials
-- grain: one row a trial held
-- parameters: nct_ids
SELECT nct_id, content_hash
FROM trial_version
WHERE nct_id IN (SELECT unnest($nct_ids))
QUALIFY version_no = max(version_no) OVER (PARTITION BY nct_id)
