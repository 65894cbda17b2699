-- purpose: note what article_rank says since now
-- parameters: clock
INSERT INTO article_rank_log BY NAME
SELECT r.*, CAST($clock AS TIMESTAMP) AS since_at
FROM article_rank AS r
WHERE NOT EXISTS (FROM article_rank_log AS l WHERE l.ended_at IS NULL AND l.pmid = r.pmid)
ORDER BY ALL
