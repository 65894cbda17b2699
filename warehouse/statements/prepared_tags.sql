-- purpose: what workers found in the texts of some documents
-- grain: one row a document and content; the mentions as JSON
-- parameters: doc_ids
SELECT doc_id, content_hash, mentions
FROM prepared_tag
WHERE doc_id IN (SELECT unnest($doc_ids))
