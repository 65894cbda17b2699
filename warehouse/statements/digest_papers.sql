-- purpose: papers that are news in a span: new ones, retractions, expressions of concern
-- grain: one row an event
-- parameters: since, until
WITH notice AS (
    SELECT pmid
    FROM article_correction
    WHERE ref_type IN ('RetractionOf', 'ExpressionOfConcernFor', 'ErratumFor')
),
targeted AS (
    SELECT pmid, list(target ORDER BY in_title DESC, mentions DESC, target) AS targets FROM article_target GROUP BY pmid
),
linked AS (
    SELECT pmid, list(DISTINCT nct_id ORDER BY nct_id) AS nct_ids
    FROM trial_article
    WHERE origin <> 'candidate' AND first_seen_at < $until
    GROUP BY pmid
)
SELECT
    e.pmid,
    e.kind,
    e.related_pmid,
    a.title,
    a.journal,
    -- A day or month is written as letters write dates; seasons and spans of years stay in the journal's own words.
    CASE a.pub_date_precision
        WHEN 'day' THEN strftime(a.pub_date, '%Y-%m-%d')
        WHEN 'month' THEN strftime(a.pub_date, '%Y-%m')
        ELSE a.pub_date_text
    END AS pub_date_text,
    t.targets,
    l.nct_ids
FROM article_event AS e
JOIN article_record AS a USING (pmid)
LEFT JOIN targeted AS t USING (pmid)
LEFT JOIN linked AS l USING (pmid)
WHERE e.observed_at >= $since
    AND e.observed_at < $until
    AND e.origin <> 'backfill'
    AND e.kind IN ('new', 'now_mentions', 'retracted', 'concern')
    -- A notice is told with the paper it is about, not as a paper.
    AND NOT (e.kind IN ('new', 'now_mentions') AND e.pmid IN (FROM notice))
ORDER BY l.nct_ids IS NULL, e.pmid DESC, e.kind
