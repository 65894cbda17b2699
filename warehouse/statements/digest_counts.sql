-- purpose: how much was tracked at the end of a span, first read in it without being news, or changed untold in it
-- parameters: since, until
WITH known AS (
    SELECT
        version_id,
        origin,
        first_seen_at,
        -- What leads to the first sighting is history, and the first sighting itself is a beginning.
        coalesce(bool_or(is_sighting) OVER earlier, false) AS follows_sighting
    FROM trial_version_log
    WHERE first_seen_at < $until
    WINDOW earlier AS (
        PARTITION BY nct_id
        ORDER BY source_submit_date NULLS FIRST, coalesce(registry_version, -1), source_day, learnt_no
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
change AS (
    SELECT to_version_id
    FROM trial_change_log
    WHERE recorded_at < $until AND (superseded_at IS NULL OR superseded_at >= $until)
)
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
        SELECT count(DISTINCT pmid)
        FROM article_event
        WHERE kind IN ('revised', 'abstract_added')
            -- That a notice became known is told with what it is a notice of.
            AND detail IS DISTINCT FROM 'RetractionIn'
            AND detail IS DISTINCT FROM 'ExpressionOfConcernIn'
            -- Nor is what takes a paper's place counted where it is told.
            AND NOT (
                (detail IN ('UpdateIn', 'RepublishedIn') OR starts_with(coalesce(detail, ''), 'version'))
                AND pmid IN (
                    SELECT name
                    FROM watch_item
                    WHERE kind = 'article' AND added_at < $until AND (removed_at IS NULL OR removed_at >= $until)
                )
            )
            AND origin <> 'backfill'
            AND observed_at >= $since
            AND observed_at < $until
    ) AS papers_revised,
    -- What a revised record brought is told with it; what is only read otherwise by now is counted.
    moved.*,
    (
        SELECT count(*)
        FROM known AS v
        ANTI JOIN change AS c ON c.to_version_id = v.version_id
        WHERE v.first_seen_at >= $since AND v.origin <> 'backfill' AND v.follows_sighting
    ) AS edits
FROM (
    SELECT
        count(*) FILTER (cause = 'vocabulary') AS moved_by_vocabulary,
        count(*) FILTER (cause = 'rules') AS moved_by_rules,
        count(*) FILTER (cause = 'override') AS moved_by_override
    FROM link_move
    WHERE observed_at >= $since AND observed_at < $until
) AS moved
