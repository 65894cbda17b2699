-- purpose: what a vocabulary of before held; no row where that is not kept
-- parameters: version
SELECT CAST(content AS VARCHAR) AS content
FROM vocabulary
WHERE version = $version AND content IS NOT NULL
ORDER BY loaded_at DESC
LIMIT 1
