-- purpose: the agents that are watched, and were read whole at least once
-- grain: one row an agent
SELECT DISTINCT i.name
FROM watch_item AS i
JOIN source_check AS c USING (item)
WHERE i.kind = 'agent' AND i.is_active AND c.source = 'clinicaltrials' AND c.outcome = 'proved'
ORDER BY i.name
