-- purpose: records matched in a file, as pairs of item and record with their day; an older day than known says nothing,
-- nor does a file of a record that the item's search found no more
-- parameters: source, items, records, days
UPDATE watch_match
SET last_matched_day = again.day
FROM (SELECT unnest($items) AS item, unnest($records) AS record, unnest($days) AS day) AS again
WHERE watch_match.source = $source
    AND watch_match.item = again.item
    AND watch_match.record = again.record
    AND watch_match.last_matched_day < again.day
    AND watch_match.left_at IS NULL
