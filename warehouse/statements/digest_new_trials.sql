-- purpose: trials that are news in a span
-- parameters: since, until
SELECT nct_id
FROM new_trial
WHERE first_seen_at >= $since AND first_seen_at < $until
ORDER BY nct_id
