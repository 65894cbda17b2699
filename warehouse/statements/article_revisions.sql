-- purpose: when NLM last revised the records held of some papers
-- grain: one row a paper
-- parameters: pmids
SELECT pmid, revised_date FROM article_record WHERE pmid IN (SELECT unnest($pmids))
