-- purpose: the spans that letters told each recipient of
-- grain: one row a letter that was sent, or that nobody knows of
SELECT recipient, since_at, until_at
FROM delivery
WHERE kind = 'letter' AND state IN ('sent', 'doubt', 'sending')
ORDER BY recipient, since_at, until_at
