-- purpose: the agents and targets that some trials name, in an arm or elsewhere; not those they shut out
-- grain: one row a trial, agent, target and place
-- parameters: nct_ids
SELECT DISTINCT doc_id AS nct_id, agent, target, role = 'arm' AS is_arm
FROM mention
WHERE doc_type = 'trial'
    AND doc_id IN (SELECT unnest($nct_ids))
    AND role <> 'exclusion'
    AND NOT is_negated
ORDER BY ALL
