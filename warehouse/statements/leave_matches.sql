-- purpose: records that an item's search no longer finds
-- parameters: source, item, records, clock
UPDATE watch_match
SET left_at = $clock
WHERE source = $source AND item = $item AND record IN (SELECT unnest($records))
