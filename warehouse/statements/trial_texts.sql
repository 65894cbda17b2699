-- purpose: the newest payloads of some trials
-- parameters: nct_ids
-- note: the first and last number are what DuckDB skips the rest of the file by, of which else each batch reads all
SELECT r.nct_id, CAST(v.payload AS VARCHAR) AS payload
FROM trial_record AS r
JOIN trial_version_log AS v ON v.version_id = r.version_id AND v.nct_id = r.nct_id
WHERE r.nct_id IN (SELECT unnest($nct_ids))
    AND r.nct_id BETWEEN list_min($nct_ids) AND list_max($nct_ids)
    AND v.nct_id BETWEEN list_min($nct_ids) AND list_max($nct_ids)
ORDER BY r.nct_id
