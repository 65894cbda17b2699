-- purpose: where a watched name can stand in some papers
-- parameters: pmids
SELECT pmid, title, abstract, databank_nct_ids, text_nct_ids
FROM article_record
WHERE pmid IN (SELECT unnest($pmids))
ORDER BY pmid
