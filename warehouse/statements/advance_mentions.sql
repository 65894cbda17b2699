-- purpose: likewise of the mentions in them
-- parameters: version
UPDATE mention
SET vocabulary_version = $version
WHERE vocabulary_version <> $version
    AND doc_id IN (SELECT doc_id FROM tagged_document WHERE vocabulary_version = $version)
