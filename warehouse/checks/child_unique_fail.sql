-- an item of a trial's record is one row of its table
SELECT 'trial_arm' AS child, nct_id, arm_key AS key FROM trial_arm GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'trial_intervention', nct_id, intervention_key FROM trial_intervention GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'trial_outcome', nct_id, outcome_key FROM trial_outcome GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'trial_site', nct_id, site_key FROM trial_site GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'trial_secondary_id', nct_id, secondary_id_key FROM trial_secondary_id GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'trial_reference', nct_id, reference_key FROM trial_reference GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'trial_result', nct_id, result_key FROM trial_result GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'trial_result_analysis', nct_id, analysis_key FROM trial_result_analysis GROUP BY ALL HAVING count(*) > 1
