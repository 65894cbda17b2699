-- purpose: the records among some in which drift was met before
-- parameters: source, records
SELECT kind, path, value, record
FROM schema_drift_record
WHERE source = $source AND record IN (SELECT unnest($records))
