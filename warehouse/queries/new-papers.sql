-- Which papers of the last month name a target, those that weigh most first?
SELECT a.entrez_date, a.pmid, a.title, a.journal, r.weight, list(k.target ORDER BY k.target) AS targets, a.url
FROM article AS a
JOIN article_target AS k USING (pmid)
LEFT JOIN article_rank AS r USING (pmid)
WHERE a.entrez_date >= coalesce(getvariable('today'), current_date) - INTERVAL 1 MONTH AND a.state = 'active'
GROUP BY ALL
ORDER BY min(r.rank) NULLS LAST, a.entrez_date DESC, a.pmid
