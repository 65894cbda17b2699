-- purpose: since when the verdicts that are held stand
-- grain: one row a claim
SELECT review, claim, verdict, since_at, cause FROM review_verdict_log WHERE ended_at IS NULL
