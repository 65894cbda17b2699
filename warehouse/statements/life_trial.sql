-- purpose: the head of one trial's history: what it is, how it stands, what it is about
-- grain: one row
-- parameters: nct_id
SELECT
    nct_id,
    (
        SELECT coalesce(list(DISTINCT record ORDER BY record), [])
        FROM watch_event
        WHERE source = 'clinicaltrials' AND kind = 'alias' AND detail = $nct_id
    ) AS aliases,
    brief_title,
    overall_status,
    last_known_status,
    why_stopped,
    phases,
    lead_sponsor,
    (SELECT coalesce(list(target ORDER BY target), []) FROM trial_target WHERE nct_id = $nct_id) AS targets,
    url,
    registry_state,
    first_seen_at,
    last_checked_at
FROM trial
WHERE nct_id = $nct_id
