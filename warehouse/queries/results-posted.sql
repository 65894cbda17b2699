-- Which trials had results posted within the last year?
SELECT t.nct_id, t.brief_title, t.lead_sponsor, t.results_first_post_date, k.targets
FROM trial AS t
LEFT JOIN (SELECT nct_id, list(target ORDER BY target) AS targets FROM trial_target GROUP BY nct_id) AS k USING (nct_id)
WHERE t.results_first_post_date >= coalesce(getvariable('today'), current_date) - INTERVAL 1 YEAR
ORDER BY t.results_first_post_date DESC, t.nct_id
