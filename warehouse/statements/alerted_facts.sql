-- purpose: what stands in an alert to a recipient, whatever became of it: no other alert tells it
-- grain: one row a fact
-- parameters: recipient
SELECT DISTINCT f.fact
FROM delivery_fact AS f
JOIN delivery AS d USING (delivery_id)
WHERE f.recipient = $recipient AND d.kind = 'alert'
