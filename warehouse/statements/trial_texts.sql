-- purpose: the newest payloads of some trials
-- parameters: nct_ids
SELECT nct_id, CAST(arg_max(payload, version_no) AS VARCHAR) AS payload
FROM trial_version
WHERE nct_id IN (SELECT unnest($nct_ids))
GROUP BY nct_id
ORDER BY nct_id
