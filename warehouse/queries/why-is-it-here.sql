-- Why is a trial or a paper in the warehouse: which item of the watchlist found it, where, by which name?
-- record (text, needed): its NCT number or PMID
SELECT source, item, field, synonym, first_matched_at, last_matched_day, left_at
FROM watch_match
WHERE record = getvariable('record')
ORDER BY first_matched_at, item, field
