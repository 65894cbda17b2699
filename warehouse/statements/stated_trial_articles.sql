-- purpose: the links between trials and papers both held, as the registry, the publisher or the paper's text states them
-- grain: one row a trial, paper and place that states it; first_seen_at is kept of those ever stated before
-- parameters: clock
WITH alias AS (
    -- A paper may give a number that a trial once had: one that is no trial's own, and one trial's only.
    SELECT number, any_value(nct_id) AS nct_id
    FROM (
        SELECT id AS number, nct_id FROM trial_secondary_id WHERE scheme = 'nct' AND place = 'alias'
        UNION
        SELECT e.record, e.detail
        FROM watch_event AS e
        WHERE e.source = 'clinicaltrials' AND e.kind = 'alias' AND e.detail IS NOT NULL AND e.detail <> e.record
    )
    WHERE number NOT IN (SELECT nct_id FROM trial_record) AND nct_id IN (SELECT nct_id FROM trial_record)
    GROUP BY number
    HAVING count(DISTINCT nct_id) = 1
),
known AS (
    SELECT nct_id AS number, nct_id FROM trial_record
    UNION ALL
    SELECT number, nct_id FROM alias
),
named AS (
    SELECT pmid, unnest(databank_nct_ids) AS number, 'databank' AS origin FROM article_record
    UNION
    SELECT pmid, unnest(text_nct_ids), 'abstract' FROM article_record
),
stated AS (
    SELECT r.nct_id, r.pmid, 'registry' AS origin, r.reference_type
    FROM trial_reference AS r
    JOIN article_record AS a USING (pmid)
    UNION
    SELECT k.nct_id, n.pmid, n.origin, NULL
    FROM named AS n
    JOIN known AS k USING (number)
),
held AS (
    SELECT nct_id, pmid, origin, min(first_seen_at) AS first_seen_at FROM trial_article_log GROUP BY ALL
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
LEFT JOIN held AS h USING (nct_id, pmid, origin)
ORDER BY ALL
