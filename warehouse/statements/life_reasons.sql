-- purpose: why one trial is here: the items that found it, by what
-- grain: one row an item, trials watched by number first
-- parameters: nct_id
SELECT
    m.item,
    i.kind,
    i.name,
    i.is_active,
    m.field,
    m.synonym,
    m.first_matched_at,
    m.last_matched_day,
    m.left_at
FROM watch_match AS m
JOIN watch_item AS i USING (item)
WHERE m.source = 'clinicaltrials' AND m.record = $nct_id
ORDER BY i.kind = 'trial' DESC, i.kind, i.name
