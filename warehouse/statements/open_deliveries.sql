-- purpose: messages that were not taken yet and may be
-- grain: one row a message
SELECT delivery_id, recipient, channel, kind, period, since_at, until_at, subject, state, tries, next_try_at
FROM delivery
WHERE state = 'planned' OR (state = 'refused' AND NOT is_permanent)
ORDER BY planned_at, kind, recipient, delivery_id
