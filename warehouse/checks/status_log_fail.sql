-- the newest status change of a trial leads to its present status
SELECT t.nct_id, t.overall_status
FROM trial_record AS t
JOIN (
    SELECT c.nct_id, max_by(c.new_status, v.version_no) AS new_status
    FROM trial_status_change AS c
    JOIN trial_change_log AS l USING (change_id)
    JOIN trial_version AS v ON v.version_id = l.to_version_id
    GROUP BY c.nct_id
) AS c USING (nct_id)
WHERE c.new_status <> t.overall_status
