-- purpose: every message to a recipient, the newest first
-- grain: one row a message
-- parameters: recipient
SELECT delivery_id, kind, period, since_at, until_at, planned_at, state, is_permanent, answer
FROM delivery
WHERE recipient = $recipient
ORDER BY planned_at DESC, delivery_id
