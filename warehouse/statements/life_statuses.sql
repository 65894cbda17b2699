-- purpose: the statuses of one trial in source time
-- grain: one row a spell, oldest first
-- parameters: nct_id
SELECT status, valid_from, valid_to, valid_from_basis, is_start_known
FROM trial_status_history
WHERE nct_id = $nct_id
ORDER BY valid_from, valid_to NULLS LAST
