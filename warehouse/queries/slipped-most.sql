-- Whose primary completion slipped most, all its slips together?
SELECT
    c.nct_id,
    t.brief_title,
    t.overall_status,
    count(*) AS slips,
    -- A date given by its month counts from that month's first day.
    sum(
        date_diff('day', strptime(left(c.old_value || '-01-01', 10), '%Y-%m-%d'),
            strptime(left(c.new_value || '-01-01', 10), '%Y-%m-%d'))
    ) AS about_days,
    t.primary_completion_date AS stands_now
FROM trial_change AS c
JOIN trial AS t USING (nct_id)
WHERE c.kind = 'primary_completion_date' AND c.action = 'slipped'
GROUP BY ALL
ORDER BY about_days DESC, c.nct_id
