-- purpose: messages as they stand, for the journal
-- parameters: ids
SELECT *
FROM delivery
WHERE delivery_id IN (SELECT unnest($ids))
ORDER BY delivery_id
