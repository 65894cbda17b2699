-- purpose: the verdicts as they stand, and the last one of each claim that rested on records read
-- grain: one row a claim
SELECT
    l.review, l.claim, l.verdict_id, l.verdict, l.rule, CAST(l.evidence AS VARCHAR) AS evidence, l.claim_hash,
    l.rules_version, l.vocabulary_version, r.verdict AS read_verdict
FROM review_verdict_log AS l
LEFT JOIN (
    SELECT review, claim, claim_hash, arg_max(verdict, run_id) AS verdict
    FROM review_verdict_log
    WHERE is_read
    GROUP BY ALL
) AS r USING (review, claim, claim_hash)
WHERE l.ended_at IS NULL
ORDER BY l.review, l.claim
