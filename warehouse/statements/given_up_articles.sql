-- purpose: papers that did not come when a question asked for them, so long ago that they are not asked for any more
-- grain: one row a paper
-- parameters: question, message (the issue's own), since
SELECT record AS pmid
FROM issue
WHERE source = 'pubmed' AND path = $question AND message = $message
GROUP BY record
HAVING min(observed_at) < $since
