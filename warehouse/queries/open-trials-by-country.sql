-- In which countries can patients enter a trial of a target now?
-- target (text): LAG-3, TIM-3 …; without it, all
SELECT k.target, c.country, count(*) AS recruiting, list(t.nct_id ORDER BY t.nct_id) AS nct_ids
FROM trial_target AS k
JOIN trial AS t USING (nct_id)
CROSS JOIN unnest(t.countries) AS c (country)
WHERE t.overall_status = 'RECRUITING' AND k.target = coalesce(getvariable('target'), k.target)
GROUP BY ALL
ORDER BY k.target, recruiting DESC, c.country
