-- purpose: what no new alert tells a recipient: what stands in another alert, or in a message that waits
-- grain: one row a fact
-- parameters: recipient
SELECT DISTINCT f.fact
FROM delivery_fact AS f
JOIN delivery AS d USING (delivery_id)
WHERE f.recipient = $recipient AND ((d.kind = 'alert' AND d.state <> 'dropped') OR d.state IN ('planned', 'refused'))
