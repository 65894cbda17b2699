-- purpose: when PubMed was first read whole for each item, question by question; of an item put back, since then
-- grain: one row an item and question
SELECT c.item, c.query_hash, min(c.checked_at) AS first_proved_at
FROM source_check AS c
JOIN watch_item AS i ON i.item = c.item AND c.checked_at >= i.added_at
WHERE c.source = 'pubmed' AND c.outcome = 'proved'
GROUP BY ALL
