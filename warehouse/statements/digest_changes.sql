-- purpose: the changes first seen in a span, as they stood at its end; back-filled history is told apart
-- grain: one row a change; those of a trial in source order
-- parameters: since, until
-- note: a row that says again what a superseded one said has the observed_at of that one, and is no news of its own;
--     is_matched: an item matched the trial once; of a paper cited, is_paper_retracted: it is, by PubMed;
--     is_paper_told: and that was news, in this span or before
WITH retracted AS (
    SELECT pmid, bool_or(kind = 'retracted' AND origin <> 'backfill') AS is_told
    FROM article_event
    WHERE kind IN ('retracted', 'retraction_withdrawn') AND observed_at < $until
    GROUP BY pmid
    HAVING count(*) FILTER (kind = 'retracted') > count(*) FILTER (kind = 'retraction_withdrawn')
)
SELECT
    c.change_id,
    c.nct_id,
    c.kind,
    c.action,
    c.field,
    c.item,
    c.old_value,
    c.new_value,
    c.weight,
    c.detail,
    c.origin,
    c.source_submit_date,
    c.source_post_date,
    c.source_day,
    c.nct_id IN (SELECT record FROM watch_match WHERE source = 'clinicaltrials') AS is_matched,
    p.pmid IS NOT NULL AS is_paper_retracted,
    coalesce(p.is_told, false) AS is_paper_told
FROM trial_change_log AS c
LEFT JOIN retracted AS p ON c.kind IN ('reference', 'retraction') AND p.pmid = c.item
LEFT JOIN trial_version_log AS v ON v.version_id = c.to_version_id
WHERE c.observed_at >= $since
    AND c.observed_at < $until
    AND c.recorded_at < $until
    AND (c.superseded_at IS NULL OR c.superseded_at >= $until)
    AND c.origin <> 'backfill'
ORDER BY
    c.nct_id,
    -- What no version brought (an overdue result, a record that is gone) stands by its day.
    coalesce(v.source_submit_date, c.source_day),
    coalesce(v.registry_version, -1),
    c.source_day,
    v.learnt_no,
    c.kind,
    c.field,
    c.item,
    c.change_id
