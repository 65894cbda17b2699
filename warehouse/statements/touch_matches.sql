-- purpose: records matched again today, as pairs of item and record
-- parameters: source, items, records, day
UPDATE watch_match
SET last_matched_day = greatest(last_matched_day, $day), left_at = NULL
FROM (SELECT unnest($items) AS item, unnest($records) AS record) AS again
WHERE watch_match.source = $source AND watch_match.item = again.item AND watch_match.record = again.record
