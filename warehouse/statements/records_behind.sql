-- purpose: trials whose newest row and children are not made from their newest version
-- grain: one row a trial, some of them at a time
WITH behind AS (
    SELECT n.nct_id, n.version_id
    FROM (SELECT nct_id, arg_max(version_id, version_no) AS version_id FROM trial_version GROUP BY nct_id) AS n
    JOIN trial_record AS r USING (nct_id)
    WHERE r.version_id IS DISTINCT FROM n.version_id
    ORDER BY n.nct_id
    LIMIT 500
)
SELECT b.nct_id, b.version_id, CAST(v.payload AS VARCHAR) AS payload
FROM behind AS b
JOIN trial_version_log AS v USING (version_id)
ORDER BY b.nct_id
