-- purpose: how many trials were tracked at the end of a span, and how many versions of it brought no change a reader is told
-- parameters: since, until
SELECT
    (SELECT count(*) FROM trial_sighting WHERE first_seen_at < $until) AS tracked,
    (
        SELECT count(*)
        FROM trial_version AS v
        ANTI JOIN trial_change_log AS c ON c.to_version_id = v.version_id
        WHERE v.version_no > 1 AND v.first_seen_at >= $since AND v.first_seen_at < $until AND v.origin <> 'backfill'
    ) AS edits
