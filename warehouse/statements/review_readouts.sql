-- purpose: when the results of some trials are due in the registry, and whether they are there
-- grain: one row a trial that is to post results
-- parameters: nct_ids, months (from primary completion to the day results are due)
SELECT
    t.nct_id,
    t.brief_title,
    t.overall_status,
    t.primary_completion_date,
    t.primary_completion_date_precision,
    t.primary_completion_date_type,
    t.has_results,
    t.results_first_post_date,
    CAST(
        CASE t.primary_completion_date_precision
            WHEN 'day' THEN t.primary_completion_date
            WHEN 'month' THEN last_day(t.primary_completion_date)
            ELSE make_date(CAST(year(t.primary_completion_date) AS INTEGER), 12, 31)
        END + to_months(CAST($months AS INTEGER))
    AS DATE) AS due_on,
    json_exists(v.payload, '$.derivedSection.miscInfoModule.submissionTracking.submissionInfos')
        OR json_exists(v.payload, '$.annotationSection.annotationModule.unpostedAnnotation.unpostedEvents')
        AS is_handed_in
FROM trial AS t
JOIN trial_record AS r USING (nct_id)
JOIN trial_version_log AS v USING (version_id)
WHERE t.nct_id IN (SELECT unnest($nct_ids))
    AND t.study_type = 'INTERVENTIONAL'
    AND t.overall_status NOT IN ('WITHDRAWN', 'WITHHELD')
    AND t.registry_state = 'listed'
    AND t.primary_completion_date IS NOT NULL
ORDER BY t.primary_completion_date, t.nct_id
