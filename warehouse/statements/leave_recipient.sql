-- purpose: one who is in the settings no more; what waits for it is not sent
-- parameters: recipient, clock
UPDATE recipient SET left_at = CAST($clock AS TIMESTAMP) WHERE recipient = $recipient AND left_at IS NULL
