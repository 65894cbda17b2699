-- purpose: how many papers that name a target were new from a day on, as PubMed dates them
-- grain: one row
-- parameters: targets (an empty list: every target), since
SELECT count(DISTINCT a.pmid) AS papers
FROM article_target AS t
JOIN article AS a USING (pmid)
WHERE a.entrez_date >= $since
    AND a.state = 'active'
    AND (len($targets) = 0 OR list_contains($targets, t.target))
