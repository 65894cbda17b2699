-- purpose: why some trials and papers are here: the items of the watchlist they belonged to at an instant, by which words
-- grain: one row a record and item
-- parameters: nct_ids, pmids, until
WITH acts AS (
    SELECT s.synonym, list_sort(list(DISTINCT a.action || ' ' || coalesce(a.target, a.gene))) AS acts
    FROM synonym AS s
    JOIN agent_action AS a ON a.agent = s.name
    WHERE s.kind = 'agent' AND a.makes_link
    GROUP BY s.synonym
)
SELECT m.source, m.record, i.kind, i.name, m.field, m.synonym, a.acts
FROM watch_match AS m
JOIN watch_item AS i USING (item)
LEFT JOIN acts AS a USING (synonym)
WHERE ((m.source = 'clinicaltrials' AND m.record IN (SELECT unnest($nct_ids)))
    OR (m.source = 'pubmed' AND m.record IN (SELECT unnest($pmids))))
    AND m.first_matched_at < $until
    AND (m.left_at IS NULL OR m.left_at >= $until)
ORDER BY m.source, m.record, i.kind = 'trial' DESC, i.kind, i.name
