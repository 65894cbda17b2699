-- Which trials are new to the registry within three months, by target?
SELECT t.first_post_date, t.nct_id, t.brief_title, t.phases, t.lead_sponsor, list(k.target ORDER BY k.target) AS targets
FROM trial AS t
LEFT JOIN trial_target AS k USING (nct_id)
WHERE t.first_post_date >= coalesce(getvariable('today'), current_date) - INTERVAL 3 MONTH
GROUP BY ALL
ORDER BY t.first_post_date DESC, t.nct_id
