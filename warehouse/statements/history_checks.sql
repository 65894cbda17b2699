-- purpose: how far the record histories of some trials were read
-- grain: one row a trial
-- parameters: nct_ids
SELECT nct_id, outcome, known_to, since_date
FROM history_check
WHERE nct_id IN (SELECT unnest($nct_ids))
