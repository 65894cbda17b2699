-- purpose: how each watched agent and target stands, and each watched trial that was never seen or is in doubt
-- grain: one row an item and source
WITH newest AS (
    SELECT
        source,
        item,
        arg_max({'outcome': outcome, 'reason': reason}, run_id) FILTER (outcome <> 'same_day') AS newest,
        max(source_day) FILTER (outcome = 'proved') AS proved_on
    FROM source_check
    GROUP BY ALL
),
matched AS (
    SELECT source, item, count(*) AS records FROM watch_match GROUP BY ALL
)
SELECT
    i.kind,
    i.name,
    n.source,
    CASE n.source WHEN 'clinicaltrials' THEN 'trial' ELSE 'paper' END AS noun,
    coalesce(m.records, 0) AS records,
    n.proved_on,
    n.newest.outcome AS outcome,
    n.newest.reason AS reason
FROM watch_item AS i
JOIN newest AS n USING (item)
LEFT JOIN matched AS m USING (source, item)
WHERE i.is_active
QUALIFY i.kind <> 'trial'
    OR bool_or(n.newest.outcome <> 'proved' OR (n.source = 'clinicaltrials' AND m.records IS NULL)) OVER (PARTITION BY i.item)
ORDER BY i.kind, i.name, n.source
