-- purpose: the candidates held, and since when each pair was ever one
-- grain: one row a trial and paper
SELECT l.nct_id, l.pmid, t.score, t.reasons, min(l.first_seen_at) AS first_seen_at
FROM trial_article_log AS l
LEFT JOIN trial_article AS t ON t.nct_id = l.nct_id AND t.pmid = l.pmid AND t.origin = 'candidate'
WHERE l.origin = 'candidate'
GROUP BY ALL
ORDER BY ALL
