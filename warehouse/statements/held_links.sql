-- purpose: what some documents belong to (numbers of trials and papers cannot be alike)
-- grain: one row a document and target
-- parameters: doc_ids
SELECT 'trial' AS doc_type, nct_id AS doc_id, target, basis, mentions
FROM trial_target
WHERE nct_id IN (SELECT unnest($doc_ids))
UNION ALL
SELECT 'article', pmid, target, coalesce(basis, if(in_title, 'title', 'abstract')), mentions
FROM article_target
WHERE pmid IN (SELECT unnest($doc_ids))
ORDER BY ALL
