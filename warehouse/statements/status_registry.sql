-- purpose: up to which source day the registry was read, as a whole and by date of update; where it never was, no row
-- grain: one row
SELECT
    max(source_day) FILTER (item = 'registry' AND outcome = 'proved') AS whole_on,
    max(source_day) FILTER (outcome = 'proved') AS read_on,
    arg_max({'outcome': outcome, 'reason': reason}, run_id) FILTER (outcome <> 'same_day') AS newest
FROM source_check
WHERE source = 'clinicaltrials' AND item IN ('registry', 'registry_range')
HAVING count(*) > 0
