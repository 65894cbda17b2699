-- purpose: of some versions, those by which results were handed in and are not posted yet
-- grain: one row a version
-- parameters: version_ids
SELECT version_id
FROM trial_version_log
WHERE version_id IN (SELECT unnest($version_ids))
    AND (
        json_exists(payload, '$.derivedSection.miscInfoModule.submissionTracking.submissionInfos')
        OR json_exists(payload, '$.annotationSection.annotationModule.unpostedAnnotation.unpostedEvents')
    )
