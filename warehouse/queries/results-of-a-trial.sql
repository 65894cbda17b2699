-- What do the posted results say of one trial's primary outcomes, exactly as posted?
-- nct_id (text, needed): its number, such as NCT01968109
SELECT
    measure,
    arm_title,
    category_title,
    param_type,
    value,
    unit,
    dispersion_type,
    spread,
    lower_limit,
    upper_limit,
    p_values
FROM trial_result
WHERE nct_id = getvariable('nct_id')
ORDER BY measure, arm_title, category_title
