-- purpose: what every trial gives, those of a trial together
-- grain: one row an intervention
SELECT nct_id, intervention_type, name, other_names
FROM trial_intervention
ORDER BY nct_id, name, intervention_type
