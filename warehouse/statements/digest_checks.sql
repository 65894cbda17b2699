-- purpose: how whole the reading of each source was in a span, as known at its end
-- grain: one row a source
-- parameters: since, until
WITH step AS (
    SELECT s.step AS source, CAST(r.clock_at AS DATE) AS night, bool_or(s.status = 'done') AS is_read
    FROM run_step AS s
    JOIN run AS r USING (run_id)
    WHERE r.job = 'nightly' AND s.step IN (SELECT source FROM source_check) AND r.clock_at < $until
    GROUP BY ALL
),
newest AS (
    SELECT
        source,
        item,
        arg_max(outcome, (checked_at, run_id)) AS outcome,
        coalesce(bool_or(outcome = 'unproved' AND checked_at >= $since), false) AS was_in_doubt
    FROM source_check
    WHERE checked_at < $until AND outcome <> 'same_day' AND contains(item, ':')
    GROUP BY source, item
),
item AS (
    SELECT
        n.source,
        count(*) AS items,
        list(n.item) FILTER (n.outcome = 'unproved') AS unproved,
        list(n.item) FILTER (n.outcome = 'proved' AND n.was_in_doubt) AS doubted
    FROM newest AS n
    JOIN watch_item AS w ON w.item = n.item AND w.is_active
    GROUP BY n.source
)
SELECT
    s.source,
    max(s.night) FILTER (s.is_read) AS last_read_on,
    list(s.night ORDER BY s.night) FILTER (NOT s.is_read AND s.night >= CAST($since AS DATE)) AS failed_nights,
    any_value(i.items) AS items,
    any_value(i.unproved) AS unproved,
    any_value(i.doubted) AS doubted
FROM step AS s
LEFT JOIN item AS i USING (source)
GROUP BY s.source
ORDER BY s.source
