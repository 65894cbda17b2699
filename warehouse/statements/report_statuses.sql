-- purpose: the statuses of some trials in source time
-- grain: one row a spell; those of a trial oldest first
-- parameters: nct_ids
SELECT nct_id, status, valid_from, valid_to, is_start_known
FROM trial_status_history
WHERE nct_id IN (SELECT unnest($nct_ids))
ORDER BY nct_id, valid_from, valid_to NULLS LAST
