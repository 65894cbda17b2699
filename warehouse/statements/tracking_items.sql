-- purpose: by which active items each trial is tracked
-- grain: one row a trial and item
SELECT m.record AS nct_id, m.item
FROM watch_match AS m
JOIN watch_item AS i ON i.item = m.item AND i.is_active
WHERE m.source = 'clinicaltrials'
ORDER BY ALL
