-- purpose: the ties by which papers held name some others: notices that came before the paper they are about
-- grain: one row a tie
-- parameters: pmids
SELECT pmid, ref_type, related_pmid
FROM article_correction
WHERE related_pmid IN (SELECT unnest($pmids))
ORDER BY ALL
