-- purpose: what was posted as results of the primary outcomes of some trials
-- grain: one row a value of an arm
-- parameters: nct_ids
SELECT
    nct_id, outcome_key, measure, time_frame, arm_title, class_title, category_title, param_type, unit, "value",
    dispersion_type, spread, lower_limit, upper_limit, participants_analyzed, units_analyzed, units_analyzed_count,
    population, reporting_status, "comment"
FROM trial_result
WHERE nct_id IN (SELECT unnest($nct_ids))
ORDER BY nct_id, measure, outcome_key, class_title NULLS FIRST, category_title NULLS FIRST, group_id, result_key
