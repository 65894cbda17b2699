-- purpose: every trial held that gives one of some agents in an arm, and how it stands
-- grain: one row an agent and trial
-- parameters: agents
SELECT DISTINCT
    m.agent,
    t.nct_id,
    t.brief_title,
    t.overall_status,
    t.why_stopped,
    t.phases,
    t.lead_sponsor,
    t.first_post_date,
    t.last_update_submit_date,
    t.registry_state,
    f.valid_from AS status_since
FROM mention AS m
JOIN trial AS t ON t.nct_id = m.doc_id
LEFT JOIN trial_status_history AS f ON f.nct_id = t.nct_id AND f.valid_to IS NULL
WHERE m.doc_type = 'trial'
    AND m.role = 'arm'
    AND NOT m.is_negated
    AND m.agent IN (SELECT unnest($agents))
ORDER BY m.agent, t.nct_id
