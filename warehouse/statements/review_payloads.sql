-- purpose: the newest records of some trials, as received
-- grain: one row a trial
-- parameters: nct_ids
-- note: payloads are read by their rows, as in `payloads`
WITH newest AS MATERIALIZED (SELECT version_id FROM trial_record WHERE nct_id IN (SELECT unnest($nct_ids)))
SELECT nct_id, CAST(payload AS VARCHAR) AS payload
FROM trial_version_log
WHERE rowid IN (SELECT rowid FROM trial_version_log WHERE version_id IN (SELECT version_id FROM newest))
ORDER BY nct_id
