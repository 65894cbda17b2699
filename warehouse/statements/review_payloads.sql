-- purpose: the newest records of some trials, as received
-- grain: one row a trial
-- parameters: nct_ids
SELECT r.nct_id, CAST(v.payload AS VARCHAR) AS payload
FROM trial_record AS r
JOIN trial_version_log AS v USING (version_id)
WHERE r.nct_id IN (SELECT unnest($nct_ids))
ORDER BY r.nct_id
