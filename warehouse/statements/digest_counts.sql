-- purpose: how much was tracked at the end of a span, first read in it without being news, or changed untold in it
-- parameters: since, until
SELECT
    (SELECT count(*) FROM trial_sighting WHERE first_seen_at < $until) AS tracked,
    (
        SELECT count(*)
        FROM trial_sighting
        WHERE first_seen_at >= $since AND first_seen_at < $until AND nct_id NOT IN (SELECT nct_id FROM new_trial)
    ) AS trials_now_tracked,
    (
        SELECT count(*)
        FROM article_event
        WHERE kind = 'new' AND origin = 'backfill' AND observed_at >= $since AND observed_at < $until
    ) AS papers_now_tracked,
    (
        SELECT count(*)
        FROM trial_version AS v
        ANTI JOIN trial_change_log AS c ON c.to_version_id = v.version_id
        WHERE v.version_no > 1 AND v.first_seen_at >= $since AND v.first_seen_at < $until AND v.origin <> 'backfill'
    ) AS edits
