-- purpose: the other numbers that some trials are already said to answer to
-- grain: one row a trial and other number
-- parameters: nct_ids
SELECT DISTINCT nct_id, item AS number
FROM trial_change
WHERE kind = 'identity' AND action = 'added' AND nct_id IN (SELECT unnest($nct_ids))
