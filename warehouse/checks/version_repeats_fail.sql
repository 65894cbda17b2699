-- neighbouring versions differ
SELECT nct_id
FROM (
    SELECT nct_id, content_hash, lag(content_hash) OVER (PARTITION BY nct_id ORDER BY version_no) AS previous
    FROM trial_version
)
WHERE content_hash = previous
