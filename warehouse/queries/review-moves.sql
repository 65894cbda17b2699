-- Which verdicts on a review moved because the records did, and when?
SELECT l.review, l.claim, l.previous_verdict, l.verdict, l.rule, l.reason, l.since_at
FROM review_verdict_log AS l
WHERE l.cause = 'record' AND l.is_read AND l.previous_verdict <> l.verdict
ORDER BY l.since_at DESC, l.review, l.claim
