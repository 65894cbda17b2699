-- purpose: the texts of some papers
-- parameters: pmids
SELECT pmid, title, abstract, abstract_sections
FROM article_record
WHERE pmid IN (SELECT unnest($pmids))
ORDER BY pmid
