-- one thing twice in the list of drift that stands
SELECT path, source, kind, value, count(*) AS rows
FROM schema_drift
WHERE ended_at IS NULL
GROUP BY ALL
HAVING count(*) > 1
