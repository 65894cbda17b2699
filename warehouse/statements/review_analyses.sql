-- purpose: the statistical analyses posted with the primary outcomes of some trials
-- grain: one row an analysis
-- parameters: nct_ids
SELECT
    nct_id, outcome_key, arm_titles, group_description, method, p_value, p_value_comment, param_type, param_value,
    ci_percent, ci_sides, ci_lower, ci_lower_comment, ci_upper, ci_upper_comment, estimate_comment,
    non_inferiority_type, non_inferiority_comment, dispersion_type, dispersion_value, method_comment, description
FROM trial_result_analysis
WHERE nct_id IN (SELECT unnest($nct_ids))
ORDER BY nct_id, outcome_key, analysis_key
