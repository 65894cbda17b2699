-- purpose: note that documents hold with another vocabulary as they were tagged, because it cannot change what is found
-- parameters: version
UPDATE tagged_document
SET vocabulary_version = $version
WHERE vocabulary_version <> $version
    AND doc_id IN (SELECT nct_id FROM trial_record UNION ALL SELECT pmid FROM article_record)
