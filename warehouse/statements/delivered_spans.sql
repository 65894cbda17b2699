-- purpose: the spans that letters told each recipient of
-- grain: one row a letter that was sent, or that nobody knows of
-- note: one that came in several messages of which one was refused for good told no whole span
SELECT d.recipient, d.since_at, d.until_at
FROM delivery AS d
WHERE d.kind = 'letter'
    AND d.state IN ('sent', 'doubt', 'sending')
    AND NOT EXISTS (
        SELECT 1
        FROM delivery AS r
        WHERE r.recipient = d.recipient
            AND r.kind = 'letter'
            AND r.state = 'refused'
            AND r.is_permanent
            AND (r.since_at, r.until_at) = (d.since_at, d.until_at)
    )
ORDER BY d.recipient, d.since_at, d.until_at
