-- purpose: trials that are news in a span, with the dates of the version in which each was first seen
-- grain: one row a trial
-- parameters: since, until
SELECT n.nct_id, v.source_submit_date, v.source_post_date, v.source_day
FROM new_trial AS n
LEFT JOIN trial_version_log AS v ON v.nct_id = n.nct_id AND v.first_seen_at <= n.first_seen_at AND v.is_sighting
WHERE n.first_seen_at >= $since AND n.first_seen_at < $until
QUALIFY row_number() OVER (PARTITION BY n.nct_id ORDER BY v.first_seen_at, v.learnt_no) = 1
ORDER BY n.nct_id
