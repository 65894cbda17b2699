-- For which kinds of reasons do trials of a target stop?
SELECT
    k.target,
    coalesce(c.detail ->> 'class', 'not stated') AS reason,
    count(DISTINCT c.nct_id) AS trials,
    list(DISTINCT c.nct_id ORDER BY c.nct_id) AS nct_ids
FROM trial_change AS c
JOIN trial_target AS k USING (nct_id)
WHERE c.kind = 'status' AND c.detail ->> 'transition' IN ('stop', 'pause')
GROUP BY ALL
ORDER BY k.target, trials DESC, reason
