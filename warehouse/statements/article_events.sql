-- purpose: what was noted of some papers
-- grain: one row an event
-- parameters: pmids
SELECT pmid, kind, detail, related_pmid FROM article_event WHERE pmid IN (SELECT unnest($pmids))
