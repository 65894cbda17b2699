-- purpose: the ties held of some papers to their notices
-- parameters: pmids
SELECT pmid, ref_type, related_pmid FROM article_correction WHERE pmid IN (SELECT unnest($pmids))
