-- purpose: verdicts that stand no more, kept
-- parameters: verdict_ids, clock
UPDATE review_verdict_log
SET ended_at = $clock
WHERE verdict_id IN (SELECT unnest($verdict_ids)) AND ended_at IS NULL
