-- purpose: links between trials and papers both held, as the registry, the publisher or the abstract states them
-- parameters: clock
INSERT INTO trial_article BY NAME
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
SELECT nct_id, pmid, origin, reference_type, CAST($clock AS TIMESTAMP) AS first_seen_at
FROM stated
ANTI JOIN trial_article AS held USING (nct_id, pmid, origin)
