-- purpose: the versions held of some trials
-- grain: one row a version
-- parameters: nct_ids
SELECT
    nct_id,
    version_id,
    content_hash,
    origin,
    markup,
    overall_status,
    source_submit_date,
    source_post_date,
    source_day,
    registry_version,
    learnt_no,
    is_sighting
FROM trial_version_log
WHERE nct_id IN (SELECT unnest($nct_ids))
