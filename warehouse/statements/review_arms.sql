-- purpose: the agents and targets that some trials name, in an arm or elsewhere; not those they shut out
-- grain: one row a trial, field, agent and target; `drugs` is how many of the trial's interventions may be agents
-- parameters: nct_ids
SELECT DISTINCT m.doc_id AS nct_id, m.field, m.agent, m.target, m.role = 'arm' AS is_arm, coalesce(i.drugs, 0) AS drugs
FROM mention AS m
LEFT JOIN (
    SELECT nct_id, count(*) AS drugs
    FROM trial_intervention
    WHERE (
            intervention_type IS NULL
            OR intervention_type IN ('DRUG', 'BIOLOGICAL', 'COMBINATION_PRODUCT', 'GENETIC', 'OTHER')
        )
        AND NOT regexp_matches(coalesce(name, ''), '\b(placebo|saline|vehicle|sham)\b', 'i')
    GROUP BY nct_id
) AS i ON i.nct_id = m.doc_id
WHERE m.doc_type = 'trial'
    AND m.doc_id IN (SELECT unnest($nct_ids))
    AND m.role <> 'exclusion'
    AND NOT m.is_negated
ORDER BY ALL
