-- purpose: papers not held that a tracked trial cites as its results, or that the registry ties to it
-- grain: one row a paper and trial
WITH tracked AS (
    SELECT m.record AS nct_id, list_sort(list(m.item)) AS items
    FROM watch_match AS m
    JOIN watch_item AS i ON i.item = m.item AND i.is_active
    WHERE m.source = 'clinicaltrials'
    GROUP BY m.record
)
SELECT DISTINCT r.pmid, r.nct_id, t.items
FROM trial_reference AS r
JOIN tracked AS t USING (nct_id)
ANTI JOIN article_record AS h ON h.pmid = r.pmid
WHERE r.reference_type IN ('RESULT', 'DERIVED')
ORDER BY r.pmid, r.nct_id
