-- purpose: documents whose newest text was not yet tagged, or by other rules, or with another vocabulary
-- grain: one row a document; old_version is the vocabulary it was tagged with, NULL for none
-- parameters: version, rules
-- note: the reason is the first of new, record (another text), rules, vocabulary; is_same_rules tells more of record
WITH document AS (
    SELECT 'trial' AS doc_type, r.nct_id AS doc_id, v.content_hash
    FROM trial_record AS r
    JOIN trial_version_log AS v USING (version_id)
    UNION ALL
    SELECT 'article', pmid, content_hash FROM article_record
)
SELECT
    d.doc_type,
    d.doc_id,
    d.content_hash,
    t.vocabulary_version AS old_version,
    t.rules_version IS NOT DISTINCT FROM $rules AS is_same_rules,
    CASE
        WHEN t.doc_id IS NULL THEN 'new'
        WHEN t.content_hash <> d.content_hash THEN 'record'
        WHEN t.rules_version IS DISTINCT FROM $rules THEN 'rules'
        ELSE 'vocabulary'
    END AS reason
FROM document AS d
LEFT JOIN tagged_document AS t USING (doc_type, doc_id)
WHERE t.doc_id IS NULL
    OR t.content_hash <> d.content_hash
    OR t.rules_version IS DISTINCT FROM $rules
    OR t.vocabulary_version <> $version
ORDER BY d.doc_type, d.doc_id
