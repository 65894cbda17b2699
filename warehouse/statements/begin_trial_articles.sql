-- purpose: note what trial_article says since now
-- parameters: clock
INSERT INTO trial_article_log BY NAME
SELECT t.*, CAST($clock AS TIMESTAMP) AS since_at
FROM trial_article AS t
WHERE NOT EXISTS (
    FROM trial_article_log AS l
    WHERE l.ended_at IS NULL AND l.nct_id = t.nct_id AND l.pmid = t.pmid AND l.origin = t.origin
)
ORDER BY ALL
