-- purpose: the claims whose verdict moved in a span because what the sources say did
-- grain: one row a claim: from the verdict it had before the span to the one at its end
-- parameters: since, until
WITH moved AS (
    SELECT
        review,
        claim,
        arg_min(previous_verdict, run_id) AS previous_verdict,
        arg_max(verdict_id, run_id) AS verdict_id
    FROM review_verdict_log
    WHERE since_at >= $since
        AND since_at < $until
        AND cause = 'record'
        AND is_read
        AND previous_verdict <> verdict
    GROUP BY review, claim
)
SELECT
    l.verdict_id, l.review, r.title AS review_title, l.claim, c.section, c.statement, c.state, c.name,
    c.trials, c.meant_trials, c.agents, c.targets, c.pathways,
    m.previous_verdict, l.verdict, l.rule, l.reason, CAST(l.evidence AS VARCHAR) AS evidence, l.since_at
FROM moved AS m
JOIN review_verdict_log AS l USING (verdict_id)
JOIN review_claim AS c ON c.review = m.review AND c.claim = m.claim
JOIN review AS r ON r.review = m.review
WHERE m.previous_verdict <> l.verdict
ORDER BY l.review, c.position
