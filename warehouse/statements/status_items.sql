-- purpose: how each watched item stands; a single trial or paper is shown to people where it was never seen, is not
--     served any more or is in doubt
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
    SELECT
        m.source,
        m.item,
        count(*) AS records,
        count(*) FILTER (s.registry_state = 'missing') AS missing,
        count(*) FILTER (s.registry_state = 'gone') AS gone,
        min(list_min(s.missing_days)) AS absent_since
    FROM watch_match AS m
    LEFT JOIN trial_sighting AS s ON m.source = 'clinicaltrials' AND s.nct_id = m.record
    GROUP BY ALL
)
SELECT
    i.kind,
    i.name,
    n.source,
    CASE n.source WHEN 'clinicaltrials' THEN 'trial' ELSE 'paper' END AS noun,
    coalesce(m.records, 0) AS records,
    coalesce(m.missing, 0) AS missing,
    coalesce(m.gone, 0) AS gone,
    m.absent_since,
    n.proved_on,
    n.newest.outcome AS outcome,
    n.newest.reason AS reason,
    i.kind NOT IN ('trial', 'article')
        OR bool_or(
            n.newest.outcome <> 'proved'
            OR (n.source = 'clinicaltrials' AND m.records IS NULL)
            OR m.missing + m.gone > 0
        ) OVER (PARTITION BY i.item) AS is_shown
FROM watch_item AS i
JOIN newest AS n USING (item)
LEFT JOIN matched AS m USING (source, item)
WHERE i.is_active
ORDER BY i.kind, i.name, n.source
