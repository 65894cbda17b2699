-- purpose: the mentions of some documents
-- parameters: doc_ids
FROM mention WHERE doc_id IN (SELECT unnest($doc_ids))
