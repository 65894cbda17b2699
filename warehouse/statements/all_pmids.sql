-- purpose: the papers held
-- grain: one row a paper
SELECT pmid FROM article_record
