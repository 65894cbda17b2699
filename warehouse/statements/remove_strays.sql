-- purpose: matches of an item that were none, and the papers that it has only by those trials
-- parameters: source, item, records
DELETE FROM watch_match
WHERE item = $item
    AND (
        (source = $source AND record IN (SELECT unnest($records)))
        OR (source = 'pubmed' AND field IN ('registry', 'databank', 'abstract') AND synonym IN (SELECT unnest($records)))
    )
