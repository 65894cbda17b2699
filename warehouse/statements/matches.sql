-- purpose: the records that some items match or once matched
-- parameters: source, items
SELECT item, record, left_at FROM watch_match WHERE source = $source AND item IN (SELECT unnest($items))
