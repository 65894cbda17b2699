-- purpose: of some records that an item's proved search finds no more, those it found on one source day alone and for
--     no reason to be seen in their text: strays, rather than the registry's own reading of a name
-- grain: one row a record
-- parameters: source, item, records
SELECT m.record
FROM watch_match AS m
JOIN watch_event AS e
    ON e.source = m.source AND e.item = m.item AND e.record = m.record AND e.kind = 'matched'
WHERE m.source = $source
    AND m.item = $item
    AND m.record IN (SELECT unnest($records))
    AND m.synonym IS NULL
GROUP BY m.record, m.last_matched_day
HAVING max(e.source_day) = m.last_matched_day
ORDER BY m.record
