-- purpose: messages that were not taken, with the facts in each
-- grain: one row a message
SELECT
    d.delivery_id,
    d.recipient,
    d.channel,
    d.kind,
    d.period,
    d.since_at,
    d.until_at,
    d.subject,
    d.state,
    d.tries,
    d.next_try_at,
    coalesce(list(f.fact ORDER BY f.fact) FILTER (f.fact IS NOT NULL), []) AS facts
FROM delivery AS d
LEFT JOIN delivery_fact AS f USING (delivery_id)
WHERE d.state IN ('planned', 'refused')
GROUP BY ALL
ORDER BY d.delivery_id
