-- purpose: the spans of the last letters that were written
-- grain: one row a span, the newest first
-- parameters: most
SELECT
    period,
    arg_max(since_at, written_at) AS since,
    arg_max(until_at, written_at) AS until
FROM digest
GROUP BY period
ORDER BY until DESC, since DESC, period
LIMIT $most
