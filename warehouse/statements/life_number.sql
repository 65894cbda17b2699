-- purpose: the trial that a number stands for: its own, or one that answered to it
-- grain: none or one row
-- parameters: number
SELECT nct_id
FROM (
    SELECT nct_id, 1 AS rank FROM trial WHERE nct_id = $number
    UNION ALL
    SELECT detail, 2 FROM watch_event WHERE source = 'clinicaltrials' AND kind = 'alias' AND record = $number
)
WHERE nct_id IN (SELECT nct_id FROM trial)
ORDER BY rank, nct_id
LIMIT 1
