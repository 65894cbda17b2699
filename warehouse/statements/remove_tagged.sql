-- purpose: forget with what some documents were tagged (numbers of trials and papers cannot be alike)
-- parameters: doc_ids
DELETE FROM tagged_document WHERE doc_id IN (SELECT unnest($doc_ids))
