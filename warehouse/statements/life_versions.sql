-- purpose: the versions held of one trial, without their payloads
-- grain: one row a version, in source order
-- parameters: nct_id
SELECT version_id, version_no, source_submit_date, source_post_date, first_seen_at, origin
FROM trial_version
WHERE nct_id = $nct_id
ORDER BY version_no
