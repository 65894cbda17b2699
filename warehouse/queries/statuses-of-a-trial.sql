-- Through which statuses did one trial go?
-- nct_id (text, needed): its number, such as NCT01968109
SELECT status, valid_from, valid_to, valid_from_basis, is_start_known
FROM trial_status_history
WHERE nct_id = getvariable('nct_id')
ORDER BY valid_from, valid_to NULLS LAST
