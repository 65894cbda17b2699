-- purpose: the agents and targets that arms and interventions of some trials name
-- grain: one row a trial, agent and target
-- parameters: nct_ids
SELECT DISTINCT doc_id AS nct_id, agent, target
FROM mention
WHERE doc_type = 'trial'
    AND doc_id IN (SELECT unnest($nct_ids))
    AND role = 'arm'
    AND NOT is_negated
ORDER BY ALL
