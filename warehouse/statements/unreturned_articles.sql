-- purpose: papers that a question's searches listed and PubMed did not return, and the days on which that was so
-- grain: one row a paper that is not held to this day, and was missed first at or after `since`
-- parameters: question, message (the issue's own), since
SELECT i.record AS pmid, list_sort(list(DISTINCT CAST(i.observed_at AS DATE))) AS days
FROM issue AS i
ANTI JOIN article_record AS a ON a.pmid = i.record
WHERE i.source = 'pubmed' AND i.path = $question AND i.message = $message
GROUP BY i.record
HAVING min(i.observed_at) >= $since
ORDER BY i.record
