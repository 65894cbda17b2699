-- How many trials of each target stand in each status?
SELECT k.target, t.overall_status, count(*) AS trials
FROM trial_target AS k
JOIN trial AS t USING (nct_id)
GROUP BY ALL
ORDER BY k.target, trials DESC, t.overall_status
