-- purpose: what is held of some papers
-- grain: one row a paper held
-- parameters: pmids
SELECT a.*, s.first_seen_at
FROM article_record AS a
JOIN article_sighting AS s USING (pmid)
WHERE a.pmid IN (SELECT unnest($pmids))
