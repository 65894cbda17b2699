-- What of a review no longer holds, by which rule and on what evidence?
SELECT c.review, c.section, c.statement, v.verdict, v.rule, v.reason, v.evidence
FROM review_verdict AS v
JOIN review_claim AS c USING (review, claim)
WHERE v.verdict NOT IN ('stands', 'cannot_tell')
ORDER BY c.review, c.position
