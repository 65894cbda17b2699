-- purpose: what messages tell, for the journal
-- parameters: ids
SELECT *
FROM delivery_fact
WHERE delivery_id IN (SELECT unnest($ids))
ORDER BY delivery_id, fact
