-- purpose: the papers that a review cites, and those stated to report trials it cites, with what became of them
-- grain: one row a paper, the trial it is tied to (NULL: the review cites it), and the paper's notice (NULL: none)
-- parameters: pmids, nct_ids
WITH paper AS (
    SELECT CAST(NULL AS VARCHAR) AS nct_id, unnest($pmids) AS pmid, 'cited' AS reference_type
    UNION ALL
    SELECT nct_id, pmid, reference_type
    FROM trial_reference
    WHERE nct_id IN (SELECT unnest($nct_ids)) AND pmid IS NOT NULL AND reference_type IN ('RESULT', 'DERIVED')
    UNION ALL
    SELECT nct_id, pmid, upper(origin)
    FROM trial_article
    WHERE nct_id IN (SELECT unnest($nct_ids)) AND origin IN ('databank', 'abstract')
),
stated AS (
    SELECT nct_id, pmid, list(DISTINCT reference_type ORDER BY reference_type) AS said_by
    FROM paper
    GROUP BY nct_id, pmid
),
notice AS (
    SELECT
        pmid,
        CASE ref_type
            WHEN 'RetractionIn' THEN 'retracted'
            WHEN 'RetractedandRepublishedIn' THEN 'retracted'
            WHEN 'ExpressionOfConcernIn' THEN 'concern'
            ELSE 'corrected'
        END AS kind,
        related_pmid
    FROM article_correction
    WHERE ref_type IN (
        'RetractionIn', 'RetractedandRepublishedIn', 'ExpressionOfConcernIn', 'ErratumIn', 'CorrectedandRepublishedIn'
    )
    UNION
    SELECT pmid, kind, related_pmid
    FROM article_event
    WHERE kind IN ('retracted', 'concern', 'corrected')
    UNION
    SELECT r.pmid, 'retracted', n.notice.pmid
    FROM trial_reference AS r, LATERAL (SELECT unnest(r.retractions) AS notice) AS n
    WHERE r.pmid IS NOT NULL
),
dated AS (
    SELECT
        n.pmid,
        n.kind,
        nullif(n.related_pmid, '') AS related_pmid,
        coalesce(a.pub_date, e.seen_on) AS noticed_on,
        CASE WHEN a.pub_date IS NULL THEN 'day' ELSE a.pub_date_precision END AS noticed_on_precision
    FROM notice AS n
    LEFT JOIN article_record AS a ON a.pmid = n.related_pmid
    LEFT JOIN (
        SELECT pmid, kind, related_pmid, min(coalesce(source_date, CAST(observed_at AS DATE))) AS seen_on
        FROM article_event
        GROUP BY ALL
    ) AS e ON e.pmid = n.pmid AND e.kind = n.kind AND e.related_pmid IS NOT DISTINCT FROM n.related_pmid
)
SELECT
    s.nct_id,
    s.pmid,
    s.said_by,
    a.title,
    a.journal,
    a.pub_date,
    a.pub_date_precision,
    coalesce(a.is_retracted, false) AS is_retracted,
    a.pmid IS NOT NULL AS is_held,
    d.kind AS notice,
    d.related_pmid,
    d.noticed_on,
    d.noticed_on_precision
FROM stated AS s
LEFT JOIN article AS a USING (pmid)
LEFT JOIN dated AS d USING (pmid)
ORDER BY s.nct_id NULLS FIRST, s.pmid, d.kind NULLS FIRST, d.related_pmid
