-- purpose: which of some papers are held
-- parameters: pmids
SELECT pmid FROM article_record WHERE pmid IN (SELECT unnest($pmids))
