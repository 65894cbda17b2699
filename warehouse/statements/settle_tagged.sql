-- purpose: what was tagged of versions whose content hash has become known is the same as before
-- parameters: doc_ids, before, after
UPDATE tagged_document
SET content_hash = settled.after_hash
FROM (
    SELECT unnest($doc_ids) AS doc_id, unnest($before) AS before_hash, unnest($after) AS after_hash
) AS settled
WHERE tagged_document.doc_type = 'trial'
    AND tagged_document.doc_id = settled.doc_id
    AND tagged_document.content_hash = settled.before_hash
