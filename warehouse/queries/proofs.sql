-- When was each item of the watchlist last read whole, and what came of its last reading?
SELECT
    i.item,
    c.source,
    max(c.checked_at) FILTER (WHERE c.outcome IN ('proved', 'same_day')) AS last_proved_at,
    max(c.source_day) FILTER (WHERE c.outcome IN ('proved', 'same_day')) AS last_source_day,
    arg_max(c.outcome, c.checked_at) AS last_outcome,
    arg_max(coalesce(c.reason, ''), c.checked_at) AS last_reason
FROM watch_item AS i
LEFT JOIN source_check AS c USING (item)
WHERE i.is_active
GROUP BY ALL
ORDER BY last_proved_at NULLS FIRST, i.item, c.source
