-- purpose: of which schema a file is, and the newest run in it
-- grain: one row
SELECT max(version) AS schema, (SELECT max(run_id) FROM run) AS run_id
FROM schema_version
