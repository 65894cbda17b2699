-- purpose: every trial held that names one of some agents in an arm, and how it stands
-- grain: one row a trial
-- parameters: agents
SELECT
    t.nct_id,
    t.brief_title,
    t.overall_status,
    t.why_stopped,
    t.phases,
    t.lead_sponsor,
    t.first_post_date,
    t.last_update_submit_date,
    t.registry_state,
    f.valid_from AS status_since,
    f.is_start_known
FROM trial AS t
LEFT JOIN trial_status_history AS f ON f.nct_id = t.nct_id AND f.valid_to IS NULL
WHERE t.nct_id IN (
        SELECT doc_id
        FROM mention
        WHERE doc_type = 'trial'
            AND role = 'arm'
            AND NOT is_negated
            AND agent IN (SELECT unnest($agents))
    )
ORDER BY t.nct_id
