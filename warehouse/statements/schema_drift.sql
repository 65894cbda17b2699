-- purpose: what is known of a source's drift
-- parameters: source
SELECT * FROM schema_drift WHERE source = $source ORDER BY first_seen_at, kind, path, value
