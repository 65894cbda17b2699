-- purpose: forget what was found in documents that are tagged anew
-- parameters: doc_type, doc_ids
DELETE FROM mention WHERE doc_type = $doc_type AND doc_id IN (SELECT unnest($doc_ids))
