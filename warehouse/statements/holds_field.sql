-- purpose: whether the newest record of any trial that is still read holds something at a place; some are left out
-- parameters: place (JSON path into a list of one record, [*] for every list place), but_for (nct_ids)
WITH unread AS (
    SELECT m.record AS nct_id
    FROM watch_match AS m
    LEFT JOIN watch_item AS i ON i.item = m.item AND i.is_active
    WHERE m.source = 'clinicaltrials'
    GROUP BY m.record
    HAVING count(i.item) = 0
),
newest AS (
    SELECT v.version_id
    FROM trial_version AS v
    JOIN trial_sighting AS s USING (nct_id)
    WHERE s.registry_state <> 'gone'
        AND v.nct_id NOT IN (SELECT unnest($but_for))
        AND v.nct_id NOT IN (SELECT nct_id FROM unread)
    QUALIFY row_number() OVER (PARTITION BY v.nct_id ORDER BY v.version_no DESC) = 1
)
SELECT EXISTS (
    SELECT 1
    FROM trial_version_log
    WHERE version_id IN (SELECT version_id FROM newest)
        AND len(list_filter(
            json_extract(json_array(payload), $place),
            lambda held: CAST(held AS VARCHAR) NOT IN ('null', '""', '[]', '{}')
        )) > 0
) AS is_held
