-- purpose: every time that the verdict on a claim moved because what the sources say did
-- grain: one row a move, the newest first
-- parameters: since
SELECT review, claim, previous_verdict, verdict, rule, reason, CAST(evidence AS VARCHAR) AS evidence, since_at, verdict_id
FROM review_verdict_log
WHERE cause = 'record' AND is_read AND previous_verdict <> verdict AND since_at >= $since
ORDER BY since_at DESC, review, claim
