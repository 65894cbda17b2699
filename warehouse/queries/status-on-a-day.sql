-- In which status did every trial stand on a day, by its source's dates?
-- day (date): the day asked for; without it, a year ago
SELECT nct_id, status, valid_from, valid_from_basis, is_start_known
FROM trial_status_history
WHERE
    valid_from <= coalesce(getvariable('day'), coalesce(getvariable('today'), current_date) - INTERVAL 1 YEAR)
    AND (
        valid_to IS NULL
        OR valid_to > coalesce(getvariable('day'), coalesce(getvariable('today'), current_date) - INTERVAL 1 YEAR)
    )
ORDER BY nct_id
