-- purpose: some trials as they stood at the end of a day by the registry's own dates, as far back as is held
-- grain: one row a trial of which a version of that day or before is held
-- parameters: day, nct_ids
SELECT
    nct_id, version_no, valid_from, overall_status, phases, enrollment, enrollment_type, interventions, has_results,
    primary_completion_date, primary_completion_date_precision, primary_completion_date_type
FROM trial_as_of($day)
WHERE nct_id IN (SELECT unnest($nct_ids))
ORDER BY nct_id
