-- purpose: on how many source days a trial was served as it stood before, since it was last served as held
-- grain: one row
-- parameters: record, message (the issue's own), mark (what of its path tells the state), since, day (source days)
SELECT count(DISTINCT split_part(path, ' ', 1)) AS days
FROM issue
WHERE source = 'clinicaltrials'
    AND record = $record
    AND message = $message
    AND split_part(path, ' ', 2) = $mark
    AND split_part(path, ' ', 1) > CAST(CAST($since AS DATE) AS VARCHAR)
    AND split_part(path, ' ', 1) < CAST(CAST($day AS DATE) AS VARCHAR)
