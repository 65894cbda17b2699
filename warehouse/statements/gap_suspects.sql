-- purpose: the trials seen moving since their record history was last asked: between two sightings there may be more
-- grain: one row a trial
-- parameters: of_items (only of those that an active item ever matched: a whole registry's would take hours a night)
WITH sighted AS (
    SELECT nct_id, max(source_submit_date) AS newest
    FROM trial_version_log
    WHERE is_sighting
    GROUP BY nct_id
    HAVING count(DISTINCT source_submit_date) > 1
)
SELECT s.nct_id
FROM sighted AS s
LEFT JOIN history_check AS h USING (nct_id)
WHERE (h.nct_id IS NULL OR h.known_to < s.newest)
    AND (
        NOT $of_items
        OR s.nct_id IN (
            SELECT m.record
            FROM watch_match AS m
            JOIN watch_item AS i ON i.item = m.item AND i.is_active
            WHERE m.source = 'clinicaltrials'
        )
    )
ORDER BY s.nct_id
