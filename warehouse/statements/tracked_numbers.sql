-- purpose: the numbers that papers may give for the trials an active item ever matched: their own, and those they once had
-- grain: one row a number that is no active item's own; tracked_at: since when an item tracks the trial
WITH tracked AS (
    SELECT m.record AS nct_id, m.item, greatest(m.first_matched_at, i.added_at) AS tracked_at
    FROM watch_match AS m
    JOIN watch_item AS i ON i.item = m.item AND i.is_active
    WHERE m.source = 'clinicaltrials'
),
numbers AS (
    SELECT nct_id AS number, nct_id FROM tracked
    UNION
    SELECT s.id, s.nct_id FROM trial_secondary_id AS s WHERE s.scheme = 'nct' AND s.place = 'alias'
)
SELECT n.number, list_sort(list(DISTINCT t.item)) AS items, min(t.tracked_at) AS tracked_at
FROM numbers AS n
JOIN tracked AS t USING (nct_id)
WHERE n.number NOT IN (SELECT name FROM watch_item WHERE kind = 'trial' AND is_active)
GROUP BY n.number
ORDER BY n.number
