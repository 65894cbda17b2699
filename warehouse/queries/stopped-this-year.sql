-- Which trials were stopped or paused this year, and why?
SELECT
    c.nct_id,
    t.brief_title,
    t.lead_sponsor,
    c.old_status,
    c.new_status,
    c.why_stopped,
    c.source_submit_date,
    c.source_post_date,
    c.observed_at
FROM trial_status_change AS c
JOIN trial AS t USING (nct_id)
WHERE
    c.transition IN ('stop', 'pause')
    AND coalesce(c.source_post_date, c.source_submit_date, c.source_day)
        >= date_trunc('year', coalesce(getvariable('today'), current_date))
ORDER BY coalesce(c.source_post_date, c.source_submit_date, c.source_day) DESC, c.nct_id
