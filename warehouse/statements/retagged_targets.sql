-- purpose: what papers that are to be tagged again, with the vocabulary they were tagged with before, belonged to by then
-- grain: one row a paper and target; a paper without any has one row
-- parameters: version
SELECT a.pmid, t.target
FROM article_record AS a
LEFT JOIN article_target AS t USING (pmid)
WHERE a.pmid IN (
    SELECT doc_id
    FROM tagged_document AS d
    JOIN article_record AS r ON r.pmid = d.doc_id
    WHERE d.doc_type = 'article' AND d.vocabulary_version = $version AND d.content_hash <> r.content_hash
)
ORDER BY ALL
