-- How long do sponsors take from an event to telling the registry, and the registry to show it?
SELECT
    t.lead_sponsor,
    l.kind,
    count(*) AS events,
    median(l.days_to_submit) AS median_days_to_submit,
    median(l.days_to_post) AS median_days_to_post
FROM trial_registry_lag AS l
JOIN trial AS t USING (nct_id)
GROUP BY ALL
ORDER BY events DESC, t.lead_sponsor, l.kind
