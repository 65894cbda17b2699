-- purpose: the texts of some papers
-- parameters: pmids
SELECT pmid, title, abstract FROM article_record WHERE pmid IN (SELECT unnest($pmids)) ORDER BY pmid
