-- purpose: which of some documents are held and were tagged
-- parameters: doc_ids
SELECT doc_type, doc_id FROM tagged_document WHERE doc_id IN (SELECT unnest($doc_ids)) ORDER BY ALL
