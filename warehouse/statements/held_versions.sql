-- purpose: the versions held of some trials
-- parameters: nct_ids
SELECT nct_id, version_id, content_hash, origin, source_submit_date, source_day, learnt_no
FROM trial_version_log
WHERE nct_id IN (SELECT unnest($nct_ids))
