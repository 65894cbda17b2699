-- purpose: what is held of some papers, and how they stand in PubMed
-- grain: one row a paper held
-- parameters: pmids
SELECT a.*, s.first_seen_at, s.state, s.missing_days
FROM article_record AS a
JOIN article_sighting AS s USING (pmid)
WHERE a.pmid IN (SELECT unnest($pmids))
