-- purpose: what became of the papers tied to some trials: retracted, under concern, a retraction withdrawn
-- grain: one row a trial and event
-- parameters: nct_ids
SELECT e.nct_id, e.pmid, e.kind, a.title, e.related_pmid, e.source_date, e.observed_at, e.origin
FROM trial_retraction AS e
JOIN article AS a USING (pmid)
WHERE e.nct_id IN (SELECT unnest($nct_ids))
    -- The registry may have said so itself.
    AND NOT EXISTS (
        FROM trial_change AS c
        WHERE c.nct_id = e.nct_id AND c.kind = 'retraction' AND c.action = 'added' AND c.item = e.pmid
            AND e.kind = 'retracted'
    )
ORDER BY e.nct_id, e.observed_at, e.pmid, e.kind
