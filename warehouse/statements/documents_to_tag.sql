-- purpose: documents whose newest text was not yet tagged with this vocabulary
-- grain: one row a document
-- parameters: version
WITH document AS (
    SELECT 'trial' AS doc_type, nct_id AS doc_id, arg_max(content_hash, version_no) AS content_hash
    FROM trial_version
    GROUP BY nct_id
    UNION ALL
    SELECT 'article', pmid, content_hash FROM article_record
)
SELECT d.doc_type, d.doc_id, d.content_hash
FROM document AS d
ANTI JOIN (FROM tagged_document WHERE vocabulary_version = $version) AS t USING (doc_type, doc_id, content_hash)
ORDER BY ALL
