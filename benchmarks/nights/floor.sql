-- purpose: the floor of a first load: studies by read_json with an explicit schema, into the tables of the warehouse
-- parameters: file (put in by floor.py, for read_json takes none)
-- note: texts as they stand, keys by md5, nothing recognised, checked or kept beside

CREATE TEMP TABLE study AS
SELECT *
FROM read_json(
    '{file}',
    format = 'newline_delimited',
    maximum_object_size = 33554432,
    columns = {
        hasResults: 'BOOLEAN',
        protocolSection: 'STRUCT(
            identificationModule STRUCT(
                nctId VARCHAR, briefTitle VARCHAR, officialTitle VARCHAR, acronym VARCHAR,
                orgStudyIdInfo STRUCT(id VARCHAR, "type" VARCHAR, link VARCHAR),
                secondaryIdInfos STRUCT(id VARCHAR, "type" VARCHAR, domain VARCHAR, link VARCHAR)[]
            ),
            statusModule STRUCT(
                overallStatus VARCHAR, lastKnownStatus VARCHAR, whyStopped VARCHAR,
                startDateStruct STRUCT("date" VARCHAR, "type" VARCHAR),
                primaryCompletionDateStruct STRUCT("date" VARCHAR, "type" VARCHAR),
                completionDateStruct STRUCT("date" VARCHAR, "type" VARCHAR),
                studyFirstPostDateStruct STRUCT("date" VARCHAR), lastUpdateSubmitDate VARCHAR,
                lastUpdatePostDateStruct STRUCT("date" VARCHAR), resultsFirstPostDateStruct STRUCT("date" VARCHAR)
            ),
            sponsorCollaboratorsModule STRUCT(
                leadSponsor STRUCT("name" VARCHAR, "class" VARCHAR), collaborators STRUCT("name" VARCHAR)[]
            ),
            conditionsModule STRUCT(conditions VARCHAR[]),
            designModule STRUCT(
                studyType VARCHAR, phases VARCHAR[], enrollmentInfo STRUCT("count" BIGINT, "type" VARCHAR)
            ),
            armsInterventionsModule STRUCT(
                armGroups STRUCT(label VARCHAR, "type" VARCHAR, description VARCHAR, interventionNames VARCHAR[])[],
                interventions STRUCT(
                    "type" VARCHAR, "name" VARCHAR, otherNames VARCHAR[], description VARCHAR, armGroupLabels VARCHAR[]
                )[]
            ),
            outcomesModule STRUCT(
                primaryOutcomes STRUCT(measure VARCHAR, timeFrame VARCHAR, description VARCHAR)[],
                secondaryOutcomes STRUCT(measure VARCHAR, timeFrame VARCHAR, description VARCHAR)[],
                otherOutcomes STRUCT(measure VARCHAR, timeFrame VARCHAR, description VARCHAR)[]
            ),
            contactsLocationsModule STRUCT(
                locations STRUCT(
                    facility VARCHAR, city VARCHAR, state VARCHAR, zip VARCHAR, country VARCHAR, status VARCHAR,
                    geoPoint STRUCT(lat DOUBLE, lon DOUBLE)
                )[]
            ),
            referencesModule STRUCT(
                "references" STRUCT(
                    pmid VARCHAR, "type" VARCHAR, citation VARCHAR,
                    retractions STRUCT(pmid VARCHAR, source VARCHAR)[]
                )[]
            )
        )',
        resultsSection: 'STRUCT(
            outcomeMeasuresModule STRUCT(
                outcomeMeasures STRUCT(
                    "type" VARCHAR, title VARCHAR, timeFrame VARCHAR, populationDescription VARCHAR,
                    paramType VARCHAR, dispersionType VARCHAR, unitOfMeasure VARCHAR,
                    groups STRUCT(id VARCHAR, title VARCHAR, description VARCHAR)[],
                    classes STRUCT(
                        title VARCHAR,
                        categories STRUCT(
                            title VARCHAR,
                            measurements STRUCT(
                                groupId VARCHAR, "value" VARCHAR, spread VARCHAR, lowerLimit VARCHAR, upperLimit VARCHAR
                            )[]
                        )[]
                    )[],
                    analyses STRUCT(
                        groupIds VARCHAR[], groupDescription VARCHAR, statisticalMethod VARCHAR, pValue VARCHAR,
                        paramType VARCHAR, paramValue VARCHAR, ciLowerLimit VARCHAR, ciUpperLimit VARCHAR
                    )[]
                )[]
            )
        )'
    }
);

INSERT INTO trial_record BY NAME
SELECT
    i.nctId AS nct_id, i.briefTitle AS brief_title, i.officialTitle AS official_title, i.acronym,
    s.overallStatus AS overall_status, s.lastKnownStatus AS last_known_status, s.whyStopped AS why_stopped,
    p.designModule.studyType AS study_type, coalesce(p.designModule.phases, []) AS phases,
    p.designModule.enrollmentInfo."count" AS enrollment, p.designModule.enrollmentInfo."type" AS enrollment_type,
    try_cast(rpad(s.startDateStruct."date", 10, '-01') AS DATE) AS start_date,
    s.startDateStruct."type" AS start_date_type,
    try_cast(rpad(s.primaryCompletionDateStruct."date", 10, '-01') AS DATE) AS primary_completion_date,
    s.primaryCompletionDateStruct."type" AS primary_completion_date_type,
    try_cast(rpad(s.completionDateStruct."date", 10, '-01') AS DATE) AS completion_date,
    s.completionDateStruct."type" AS completion_date_type,
    try_cast(s.studyFirstPostDateStruct."date" AS DATE) AS first_post_date,
    try_cast(s.lastUpdateSubmitDate AS DATE) AS last_update_submit_date,
    try_cast(s.lastUpdatePostDateStruct."date" AS DATE) AS last_update_post_date,
    try_cast(s.resultsFirstPostDateStruct."date" AS DATE) AS results_first_post_date,
    coalesce(hasResults, FALSE) AS has_results,
    p.sponsorCollaboratorsModule.leadSponsor."name" AS lead_sponsor,
    p.sponsorCollaboratorsModule.leadSponsor."class" AS lead_sponsor_class,
    coalesce([c."name" FOR c IN p.sponsorCollaboratorsModule.collaborators], []) AS collaborators,
    coalesce(p.conditionsModule.conditions, []) AS conditions,
    coalesce([c."name" FOR c IN p.armsInterventionsModule.interventions], []) AS interventions,
    coalesce(list_sort(list_distinct([c.country FOR c IN p.contactsLocationsModule.locations])), []) AS countries,
    coalesce(len(p.contactsLocationsModule.locations), 0) AS site_count,
    md5(i.nctId) AS version_id
FROM (
    SELECT
        protocolSection AS p, protocolSection.identificationModule AS i, protocolSection.statusModule AS s, hasResults
    FROM study
);

INSERT INTO trial_sighting BY NAME
SELECT
    nct_id, 'listed' AS registry_state, md5(nct_id) AS raw_hash, DATE '2026-02-11' AS source_day,
    CAST([] AS DATE[]) AS missing_days, now() AS first_seen_at, now() AS last_checked_at
FROM trial_record;

INSERT INTO trial_version_log BY NAME
WITH line AS (
    SELECT "json" AS payload, "json" ->> '$.protocolSection.identificationModule.nctId' AS nct_id
    FROM read_json_objects('{file}', format = 'newline_delimited', maximum_object_size = 33554432)
)
SELECT
    version_id, line.nct_id, md5(line.nct_id) AS content_hash, 'import' AS origin,
    last_update_submit_date AS source_submit_date, last_update_post_date AS source_post_date,
    DATE '2026-02-11' AS source_day, row_number() OVER () AS learnt_no, now() AS first_seen_at, 1 AS run_id,
    overall_status, payload, 'markdown' AS markup, TRUE AS is_sighting
FROM line
JOIN trial_record AS r ON r.nct_id = line.nct_id;

INSERT INTO trial_arm BY NAME
SELECT
    nct_id, md5(a.label) AS arm_key, a.label, a."type" AS arm_type, a.description,
    coalesce(a.interventionNames, []) AS intervention_names
FROM (
    SELECT
        protocolSection.identificationModule.nctId AS nct_id,
        unnest(protocolSection.armsInterventionsModule.armGroups) AS a
    FROM study
);

INSERT INTO trial_intervention BY NAME
SELECT
    nct_id, md5(concat(a."type", a."name")) AS intervention_key, a."type" AS intervention_type, a."name",
    coalesce(a.otherNames, []) AS other_names, a.description, coalesce(a.armGroupLabels, []) AS arm_labels
FROM (
    SELECT
        protocolSection.identificationModule.nctId AS nct_id,
        unnest(protocolSection.armsInterventionsModule.interventions) AS a
    FROM study
);

INSERT INTO trial_outcome BY NAME
SELECT
    nct_id, md5(concat(kind, a.measure, a.timeFrame)) AS outcome_key, kind AS outcome_type, a.measure,
    a.timeFrame AS time_frame, a.description
FROM (
    SELECT protocolSection.identificationModule.nctId AS nct_id, 'primary' AS kind,
        unnest(protocolSection.outcomesModule.primaryOutcomes) AS a
    FROM study
    UNION ALL
    SELECT protocolSection.identificationModule.nctId, 'secondary',
        unnest(protocolSection.outcomesModule.secondaryOutcomes)
    FROM study
    UNION ALL
    SELECT protocolSection.identificationModule.nctId, 'other', unnest(protocolSection.outcomesModule.otherOutcomes)
    FROM study
);

INSERT INTO trial_site BY NAME
SELECT
    nct_id, md5(concat(a.facility, a.city, a.state, a.zip, a.country)) AS site_key, a.facility, a.city, a.state, a.zip,
    a.country, a.status, a.geoPoint.lat AS latitude, a.geoPoint.lon AS longitude
FROM (
    SELECT
        protocolSection.identificationModule.nctId AS nct_id,
        unnest(protocolSection.contactsLocationsModule.locations) AS a
    FROM study
);

INSERT INTO trial_secondary_id BY NAME
SELECT nct_id, md5(a.id) AS secondary_id_key, 'other' AS scheme, a.id, a.id AS id_text, place, a."type" AS id_type
FROM (
    SELECT protocolSection.identificationModule.nctId AS nct_id, 'organization' AS place,
        struct_pack(
            id := protocolSection.identificationModule.orgStudyIdInfo.id,
            "type" := protocolSection.identificationModule.orgStudyIdInfo."type"
        ) AS a
    FROM study
    UNION ALL
    SELECT nct_id, 'secondary', struct_pack(id := a.id, "type" := a."type")
    FROM (
        SELECT protocolSection.identificationModule.nctId AS nct_id,
            unnest(protocolSection.identificationModule.secondaryIdInfos) AS a
        FROM study
    )
)
WHERE a.id IS NOT NULL;

INSERT INTO trial_reference BY NAME
SELECT
    nct_id, md5(coalesce(a.pmid, a.citation)) AS reference_key, a.pmid, a."type" AS reference_type, a.citation,
    coalesce(a.retractions, []) AS retractions
FROM (
    SELECT
        protocolSection.identificationModule.nctId AS nct_id,
        unnest(protocolSection.referencesModule."references") AS a
    FROM study
)
WHERE coalesce(a.pmid, a.citation) IS NOT NULL;

INSERT INTO trial_result BY NAME
SELECT
    nct_id, md5(concat(o.title, m.groupId, class_title, category_title)) AS result_key, md5(o.title) AS outcome_key,
    o.title AS measure, o.timeFrame AS time_frame, class_title, category_title, o.paramType AS param_type,
    o.unitOfMeasure AS unit, m."value", try_cast(m."value" AS DOUBLE) AS value_number,
    o.dispersionType AS dispersion_type, m.spread, m.lowerLimit AS lower_limit, m.upperLimit AS upper_limit,
    CAST([] AS VARCHAR[]) AS p_values, o.populationDescription AS population, m.groupId AS group_id
FROM (
    SELECT nct_id, o, class_title, g.title AS category_title, unnest(g.measurements) AS m
    FROM (
        SELECT nct_id, o, c.title AS class_title, unnest(c.categories) AS g
        FROM (
            SELECT nct_id, o, unnest(o.classes) AS c
            FROM (
                SELECT
                    protocolSection.identificationModule.nctId AS nct_id,
                    unnest(resultsSection.outcomeMeasuresModule.outcomeMeasures) AS o
                FROM study
            )
            WHERE o."type" = 'PRIMARY'
        )
    )
);

INSERT INTO trial_result_analysis BY NAME
SELECT
    nct_id, md5(concat(o.title, a.groupDescription, a.paramType)) AS analysis_key, md5(o.title) AS outcome_key,
    o.title AS measure, o.timeFrame AS time_frame, coalesce(a.groupIds, []) AS arm_titles,
    a.groupDescription AS group_description, a.statisticalMethod AS method, a.pValue AS p_value,
    a.paramType AS param_type, a.paramValue AS param_value, a.ciLowerLimit AS ci_lower, a.ciUpperLimit AS ci_upper
FROM (
    SELECT nct_id, o, unnest(o.analyses) AS a
    FROM (
        SELECT
            protocolSection.identificationModule.nctId AS nct_id,
            unnest(resultsSection.outcomeMeasuresModule.outcomeMeasures) AS o
        FROM study
    )
    WHERE o."type" = 'PRIMARY'
);
