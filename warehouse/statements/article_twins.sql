-- purpose: papers still in PubMed that carry the DOI of one of some papers
-- grain: one row a paper
-- parameters: pmids
SELECT a.pmid, a.doi
FROM article_record AS a
JOIN article_sighting AS s USING (pmid)
WHERE s.state = 'active'
    AND a.pmid NOT IN (SELECT unnest($pmids))
    AND lower(a.doi) IN (SELECT lower(doi) FROM article_record WHERE pmid IN (SELECT unnest($pmids)) AND doi IS NOT NULL)
ORDER BY a.pmid
