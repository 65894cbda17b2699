-- purpose: the numbers that ever answered with a record of another number, and under which one they answered last
-- grain: one row a number
-- parameters: source
SELECT record, arg_max(detail, run_id) AS answers_as
FROM watch_event
WHERE source = $source AND kind = 'alias'
GROUP BY record
