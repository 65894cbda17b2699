-- Which agents have open trials, in which phase, for which target?
SELECT
    a.agent,
    k.target,
    array_to_string(t.phases, '/') AS phase,
    count(*) AS open_trials,
    list(t.nct_id ORDER BY t.nct_id) AS nct_ids
FROM trial_target AS k
CROSS JOIN unnest(k.agents) AS a (agent)
JOIN trial AS t USING (nct_id)
WHERE t.overall_status IN ('NOT_YET_RECRUITING', 'RECRUITING', 'ENROLLING_BY_INVITATION', 'ACTIVE_NOT_RECRUITING')
GROUP BY ALL
ORDER BY open_trials DESC, a.agent, phase
