-- purpose: what a recipient was told, when, and whether that is certain; of a fact told twice, the first time
-- grain: one row a fact
-- parameters: recipient
SELECT
    f.fact,
    min(CAST(d.moved_at AS DATE)) AS told_on,
    bool_and(d.state <> 'sent') AS is_unsure
FROM delivery_fact AS f
JOIN delivery AS d USING (delivery_id)
WHERE f.recipient = $recipient AND d.state IN ('sent', 'doubt', 'sending')
GROUP BY f.fact
