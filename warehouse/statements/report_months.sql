-- purpose: how many papers entered PubMed a month, by target; a paper of several targets counts for each
-- grain: one row a target and month that had any
-- parameters: targets (an empty list: every target), first_month (its first day)
SELECT t.target, CAST(date_trunc('month', coalesce(a.entrez_date, a.pub_date)) AS DATE) AS month, count(*) AS papers
FROM article_target AS t
JOIN article AS a USING (pmid)
WHERE coalesce(a.entrez_date, a.pub_date) >= $first_month
    AND a.state = 'active'
    AND (len($targets) = 0 OR list_contains($targets, t.target))
GROUP BY ALL
ORDER BY ALL
