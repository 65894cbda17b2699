-- purpose: retractions and concerns told without a notice, where a tie held names one by now
-- grain: one row an event, in order
-- note: of several notices that of the lowest number, which came first
WITH word AS (
    SELECT *
    FROM (
        VALUES
            ('retracted', 'RetractionIn', 'RetractionOf'),
            ('retracted', 'RetractedandRepublishedIn', 'RetractedandRepublishedFrom'),
            ('concern', 'ExpressionOfConcernIn', 'ExpressionOfConcernFor')
    ) AS t (kind, on_paper, on_notice)
),
named AS (
    SELECT c.pmid, w.kind, c.related_pmid AS notice
    FROM article_correction AS c
    JOIN word AS w ON w.on_paper = c.ref_type
    UNION
    SELECT c.related_pmid, w.kind, c.pmid
    FROM article_correction AS c
    JOIN word AS w ON w.on_notice = c.ref_type
),
unnamed AS (
    SELECT pmid, kind, observed_at, origin, related_pmid
    FROM article_event
    WHERE kind IN ('retracted', 'concern')
    QUALIFY row_number() OVER (PARTITION BY pmid, kind ORDER BY observed_at DESC, related_pmid NULLS LAST) = 1
)
SELECT
    u.pmid,
    u.kind,
    u.observed_at,
    u.origin,
    r.revised_date,
    min_by(n.notice, try_cast(n.notice AS BIGINT)) AS related_pmid
FROM unnamed AS u
JOIN named AS n ON n.pmid = u.pmid AND n.kind = u.kind AND n.notice NOT IN ('', u.pmid)
JOIN article_record AS r ON r.pmid = u.pmid
WHERE u.related_pmid IS NULL
GROUP BY ALL
ORDER BY u.pmid, u.kind
