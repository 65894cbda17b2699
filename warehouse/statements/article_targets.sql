-- purpose: what some papers belong to
-- grain: one row a paper and target
-- parameters: pmids
SELECT pmid, target FROM article_target WHERE pmid IN (SELECT unnest($pmids)) ORDER BY ALL
