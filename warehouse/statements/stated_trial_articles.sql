-- purpose: the links between trials and papers both held, as the registry, the publisher or the abstract states them
-- grain: one row a trial, paper and place that states it; first_seen_at is kept of those stated before
-- parameters: clock
WITH stated AS (
    SELECT r.nct_id, r.pmid, 'registry' AS origin, r.reference_type
    FROM trial_reference AS r
    JOIN article_record AS a USING (pmid)
    UNION
    SELECT t.nct_id, a.pmid, 'databank', NULL
    FROM (SELECT pmid, unnest(databank_nct_ids) AS nct_id FROM article_record) AS a
    JOIN trial_record AS t USING (nct_id)
    UNION
    SELECT t.nct_id, a.pmid, 'abstract', NULL
    FROM (SELECT pmid, unnest(text_nct_ids) AS nct_id FROM article_record) AS a
    JOIN trial_record AS t USING (nct_id)
)
SELECT
    s.nct_id,
    s.pmid,
    s.origin,
    s.reference_type,
    CAST(NULL AS DOUBLE) AS score,
    CAST(NULL AS VARCHAR) AS reasons,
    coalesce(h.first_seen_at, CAST($clock AS TIMESTAMP)) AS first_seen_at
FROM stated AS s
LEFT JOIN trial_article AS h USING (nct_id, pmid, origin)
ORDER BY ALL
