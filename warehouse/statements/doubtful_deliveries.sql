-- purpose: messages of which nobody knows whether they were taken
-- grain: one row a message
SELECT delivery_id, recipient, channel, kind, period, since_at, until_at, subject, state, tries, next_try_at
FROM delivery
WHERE state = 'doubt'
ORDER BY planned_at, kind, recipient, delivery_id
