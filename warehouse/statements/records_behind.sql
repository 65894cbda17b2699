-- purpose: trials whose newest row and children are not made from their newest version
-- grain: one row a trial, some of them at a time
-- note: payloads are read by their rows, as in `payloads`
WITH behind AS MATERIALIZED (
    SELECT n.nct_id, n.version_id
    FROM (SELECT nct_id, arg_max(version_id, version_no) AS version_id FROM trial_version GROUP BY nct_id) AS n
    JOIN trial_record AS r USING (nct_id)
    WHERE r.version_id IS DISTINCT FROM n.version_id
    ORDER BY n.nct_id
    LIMIT 500
)
SELECT nct_id, version_id, CAST(payload AS VARCHAR) AS payload
FROM trial_version_log
WHERE rowid IN (SELECT rowid FROM trial_version_log WHERE version_id IN (SELECT version_id FROM behind))
ORDER BY nct_id
