-- purpose: how each item stands with one source: when it was first and last proved, and what was asked then
-- grain: one row an item ever checked
-- parameters: source
SELECT
    item,
    min(checked_at) FILTER (outcome = 'proved') AS first_proved_at,
    max(checked_at) FILTER (outcome = 'proved') AS last_proved_at,
    max(source_day) FILTER (outcome = 'proved') AS last_proved_day,
    max_by(query_hash, run_id) FILTER (outcome = 'proved') AS query_hash,
    max_by(received, run_id) FILTER (outcome = 'proved') AS received
FROM source_check
WHERE source = $source
GROUP BY item
