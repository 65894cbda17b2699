-- purpose: who is in the settings, as the newest run that looked knew it
-- grain: one row a recipient
SELECT recipient, channel, starts_at, first_seen_at FROM recipient WHERE left_at IS NULL ORDER BY recipient
