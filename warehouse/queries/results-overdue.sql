-- Which trials ended a year ago or more by their own date, and have no results in the registry?
SELECT nct_id, brief_title, lead_sponsor, overall_status, primary_completion_date, primary_completion_date_type
FROM trial
WHERE
    NOT has_results
    AND study_type = 'INTERVENTIONAL'
    AND overall_status IN ('COMPLETED', 'TERMINATED', 'ACTIVE_NOT_RECRUITING', 'UNKNOWN')
    AND primary_completion_date < coalesce(getvariable('today'), current_date) - INTERVAL 1 YEAR
ORDER BY primary_completion_date, nct_id
