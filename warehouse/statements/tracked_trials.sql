-- purpose: the trials that an active item ever matched, and how each stands
-- grain: one row a trial
SELECT DISTINCT m.record AS nct_id, s.source_day, s.registry_state
FROM watch_match AS m
JOIN watch_item AS i ON i.item = m.item AND i.is_active
LEFT JOIN trial_sighting AS s ON s.nct_id = m.record
WHERE m.source = 'clinicaltrials'
