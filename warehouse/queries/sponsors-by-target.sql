-- Who sponsors the trials of a target, and how many of them stopped?
-- target (text): LAG-3, TIM-3 …; without it, all
SELECT
    k.target,
    t.lead_sponsor,
    t.lead_sponsor_class,
    count(*) AS trials,
    count(*) FILTER (WHERE t.overall_status IN ('TERMINATED', 'WITHDRAWN')) AS stopped
FROM trial_target AS k
JOIN trial AS t USING (nct_id)
WHERE k.target = coalesce(getvariable('target'), k.target)
GROUP BY ALL
ORDER BY trials DESC, k.target, t.lead_sponsor
