-- purpose: the trials of a landscape page as they stand, with their targets and agents
-- grain: one row a trial
-- parameters: targets (an empty list: every trial)
-- note: is_new_at: since when it is news to a reader; NULL for what was there when its item was first read
WITH targeted AS (
    SELECT nct_id, list(target ORDER BY target) AS targets
    FROM trial_target
    GROUP BY nct_id
),
homed AS (
    SELECT nct_id, list(pathway ORDER BY pathway) AS pathways
    FROM trial_pathway
    GROUP BY nct_id
),
drug AS (
    SELECT doc_id AS nct_id, list(DISTINCT agent ORDER BY agent) AS agents
    FROM mention
    WHERE doc_type = 'trial' AND agent IS NOT NULL AND NOT is_negated AND role NOT IN ('inclusion', 'exclusion')
    GROUP BY doc_id
)
SELECT
    t.*,
    coalesce(g.targets, []) AS targets,
    coalesce(h.pathways, []) AS pathways,
    coalesce(d.agents, []) AS agents,
    n.first_seen_at AS is_new_at
FROM trial AS t
LEFT JOIN targeted AS g USING (nct_id)
LEFT JOIN homed AS h USING (nct_id)
LEFT JOIN drug AS d USING (nct_id)
LEFT JOIN new_trial AS n USING (nct_id)
WHERE len($targets) = 0 OR list_has_any(coalesce(g.targets, []), $targets)
ORDER BY t.nct_id
