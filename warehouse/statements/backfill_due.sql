-- purpose: the trials held, and whether their record history was read as far as is wanted
-- grain: one row a trial
-- parameters: since (NULL: from the first version on)
SELECT
    t.nct_id,
    coalesce(
        h.outcome IN ('whole', 'none')
        AND h.known_to >= t.last_update_submit_date
        AND (h.since_date IS NULL OR ($since IS NOT NULL AND h.since_date <= CAST($since AS DATE))),
        FALSE
    ) AS is_read
FROM trial_record AS t
LEFT JOIN history_check AS h USING (nct_id)
ORDER BY t.nct_id
