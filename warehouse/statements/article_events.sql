-- purpose: what was noted of some papers
-- parameters: pmids
SELECT pmid, kind FROM article_event WHERE pmid IN (SELECT unnest($pmids))
