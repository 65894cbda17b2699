-- purpose: makes room for a source's rows of drift, written anew
-- parameters: source
DELETE FROM schema_drift WHERE source = $source
