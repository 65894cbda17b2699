-- purpose: what was known of some trials at an instant, and the section of a letter each belongs in
-- grain: one row a trial
-- parameters: nct_ids, until
WITH known AS (
    SELECT nct_id, arg_max(payload, version_no) AS payload
    FROM trial_version
    WHERE nct_id IN (SELECT unnest($nct_ids)) AND first_seen_at < $until
    GROUP BY nct_id
),
targeted AS (
    SELECT
        nct_id,
        list(target ORDER BY place, mentions DESC, target) AS targets
    FROM (
        SELECT
            *,
            list_position(['intervention', 'title', 'outcome', 'description', 'inclusion'], basis) AS place
        FROM trial_target
    )
    GROUP BY nct_id
),
homed AS (
    SELECT nct_id, arg_min(pathway, (-len(agents), pathway)) AS pathway
    FROM trial_pathway
    GROUP BY nct_id
)
SELECT
    k.nct_id,
    payload ->> '$.protocolSection.identificationModule.briefTitle' AS title,
    CAST(payload -> '$.protocolSection.designModule.phases' AS VARCHAR[]) AS phases,
    payload ->> '$.protocolSection.sponsorCollaboratorsModule.leadSponsor.name' AS sponsor,
    payload ->> '$.protocolSection.statusModule.overallStatus' AS status,
    TRY_CAST(payload ->> '$.protocolSection.statusModule.studyFirstPostDateStruct.date' AS DATE) AS first_post_date,
    t.targets,
    h.pathway
FROM known AS k
LEFT JOIN targeted AS t USING (nct_id)
LEFT JOIN homed AS h USING (nct_id)
