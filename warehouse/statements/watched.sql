-- purpose: what each active item has found, and the source day up to which every source that reads it was proved
-- grain: one row an item
WITH proved AS (
    SELECT item, source, max(source_day) FILTER (outcome = 'proved') AS source_day FROM source_check GROUP BY ALL
),
found AS (
    SELECT
        item,
        count(*) FILTER (source = 'clinicaltrials') AS trials,
        count(*) FILTER (source = 'pubmed') AS papers
    FROM watch_match
    GROUP BY ALL
)
SELECT
    i.item,
    coalesce(any_value(f.trials), 0) AS trials,
    coalesce(any_value(f.papers), 0) AS papers,
    CASE WHEN bool_and(p.source_day IS NOT NULL) THEN min(p.source_day) END AS last_proved
FROM watch_item AS i
LEFT JOIN found AS f USING (item)
LEFT JOIN proved AS p USING (item)
WHERE i.is_active
GROUP BY ALL
