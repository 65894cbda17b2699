-- purpose: papers not held that a tracked trial cites as its results, or that the registry ties to it
-- grain: one row a paper and trial; is_added: cited since the trial is known here, not from the beginning
WITH tracked AS (
    SELECT m.record AS nct_id, list_sort(list(m.item)) AS items
    FROM watch_match AS m
    JOIN watch_item AS i ON i.item = m.item AND i.is_active
    WHERE m.source = 'clinicaltrials'
    GROUP BY m.record
),
added AS (
    SELECT DISTINCT nct_id, item AS pmid
    FROM trial_change
    WHERE kind = 'reference' AND action = 'added' AND origin <> 'backfill'
)
SELECT DISTINCT r.pmid, r.nct_id, t.items, a.pmid IS NOT NULL AS is_added
FROM trial_reference AS r
JOIN tracked AS t USING (nct_id)
LEFT JOIN added AS a USING (nct_id, pmid)
ANTI JOIN article_record AS h ON h.pmid = r.pmid
WHERE r.reference_type IN ('RESULT', 'DERIVED')
ORDER BY r.pmid, r.nct_id
