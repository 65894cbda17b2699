-- purpose: how each source stood after the newest nightly run
-- grain: one row a source
WITH newest AS (
    SELECT
        s.step AS source,
        arg_max({'status': s.status, 'message': s.message}, s.run_id) AS newest,
        max(r.clock_at) FILTER (s.status = 'done') AS read_at
    FROM run_step AS s
    JOIN run AS r USING (run_id)
    WHERE r.job = 'nightly' AND s.step IN (SELECT source FROM source_check)
    GROUP BY s.step
)
SELECT
    n.source,
    n.newest.status = 'done' AS is_read,
    n.newest.message AS message,
    n.read_at,
    max(c.source_day) FILTER (c.outcome IN ('proved', 'same_day')) AS source_day
FROM newest AS n
LEFT JOIN source_check AS c USING (source)
GROUP BY ALL
ORDER BY n.source
