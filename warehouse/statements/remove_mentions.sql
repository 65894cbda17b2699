-- purpose: forget what was found in documents that are tagged anew (numbers of trials and papers cannot be alike)
-- parameters: doc_ids
DELETE FROM mention WHERE doc_id IN (SELECT unnest($doc_ids))
