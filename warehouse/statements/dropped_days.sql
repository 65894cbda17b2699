-- purpose: the source days since an item was last proved on which its whole answer was doubted for what it lost
-- grain: one row a source day, with the newest count of it; `day` itself is left out
-- parameters: source, item, query_hash, reason (words that stand in the reason of such a doubt alone), day
SELECT source_day, arg_max(received, run_id) AS received
FROM source_check
WHERE source = $source
    AND item = $item
    AND query_hash = $query_hash
    AND outcome = 'unproved'
    AND contains(reason, $reason)
    AND source_day <> $day
    AND run_id > (
        SELECT coalesce(max(run_id), 0)
        FROM source_check
        WHERE source = $source AND item = $item AND query_hash = $query_hash AND outcome = 'proved'
    )
GROUP BY source_day
ORDER BY source_day
