-- purpose: the children of trials: what the newest record of each lists, one row an item
-- note: content-keyed: a key is a hash of what says which item it is, so it stays when the registry reorders its lists; (nct_id, key) is unique
-- note: rows of trial_reference are made anew with the others from the newest payloads, so nothing is carried over

CREATE TABLE trial_arm (
    nct_id VARCHAR NOT NULL,
    arm_key VARCHAR NOT NULL,
    label VARCHAR,
    arm_type VARCHAR,
    description VARCHAR,
    intervention_names VARCHAR[] NOT NULL
);
COMMENT ON TABLE trial_arm IS 'One row an arm or group of a trial''s newest record.';
COMMENT ON COLUMN trial_arm.arm_key IS 'Hash of the label.';
COMMENT ON COLUMN trial_arm.arm_type IS 'EXPERIMENTAL, ACTIVE_COMPARATOR, PLACEBO_COMPARATOR, SHAM_COMPARATOR, NO_INTERVENTION, OTHER; NULL for the groups of observational studies.';
COMMENT ON COLUMN trial_arm.intervention_names IS 'As the registry writes them here: type and name (Drug: Pembrolizumab). To join, use trial_intervention.arm_labels.';

CREATE TABLE trial_intervention (
    nct_id VARCHAR NOT NULL,
    intervention_key VARCHAR NOT NULL,
    intervention_type VARCHAR,
    name VARCHAR,
    other_names VARCHAR[] NOT NULL,
    description VARCHAR,
    arm_labels VARCHAR[] NOT NULL
);
COMMENT ON TABLE trial_intervention IS 'One row an intervention of a trial''s newest record.';
COMMENT ON COLUMN trial_intervention.intervention_key IS 'Hash of type and name.';
COMMENT ON COLUMN trial_intervention.intervention_type IS 'DRUG, BIOLOGICAL, DEVICE, PROCEDURE, RADIATION and so on.';
COMMENT ON COLUMN trial_intervention.arm_labels IS 'The trial_arm.label of the arms it is given in.';

CREATE TABLE trial_outcome (
    nct_id VARCHAR NOT NULL,
    outcome_key VARCHAR NOT NULL,
    outcome_type VARCHAR NOT NULL,
    measure VARCHAR,
    time_frame VARCHAR,
    description VARCHAR
);
COMMENT ON TABLE trial_outcome IS 'One row an outcome a trial''s newest record registers.';
COMMENT ON COLUMN trial_outcome.outcome_key IS 'Hash of type, measure and time frame.';
COMMENT ON COLUMN trial_outcome.outcome_type IS 'primary, secondary, other.';

CREATE TABLE trial_site (
    nct_id VARCHAR NOT NULL,
    site_key VARCHAR NOT NULL,
    facility VARCHAR,
    city VARCHAR,
    state VARCHAR,
    zip VARCHAR,
    country VARCHAR,
    status VARCHAR,
    latitude DOUBLE,
    longitude DOUBLE
);
COMMENT ON TABLE trial_site IS 'One row a site of a trial''s newest record. Names of persons are left out.';
COMMENT ON COLUMN trial_site.site_key IS 'Hash of facility, city, state, zip and country.';
COMMENT ON COLUMN trial_site.status IS 'The site''s own recruitment status, where the record gives one.';
COMMENT ON COLUMN trial_site.latitude IS 'Degrees north, of the place as the registry knows it, not of the building.';
COMMENT ON COLUMN trial_site.longitude IS 'Degrees east, likewise.';

CREATE TABLE trial_secondary_id (
    nct_id VARCHAR NOT NULL,
    secondary_id_key VARCHAR NOT NULL,
    scheme VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    id_text VARCHAR,
    place VARCHAR NOT NULL,
    id_type VARCHAR,
    domain VARCHAR,
    link VARCHAR
);
COMMENT ON TABLE trial_secondary_id IS 'One row another number of a trial: the sponsor''s own, those of other registries and funders, and numbers it once had.';
COMMENT ON COLUMN trial_secondary_id.secondary_id_key IS 'Hash of place, scheme, id, id_type and domain.';
COMMENT ON COLUMN trial_secondary_id.scheme IS 'Whose form the number has: eudract, ctis, utn, isrctn, jrct, chictr, nci, nih and others; org_study_id or other where it has none of them.';
COMMENT ON COLUMN trial_secondary_id.id IS 'The number as its scheme writes it (2015-001234-56); of org_study_id and other the text as entered.';
COMMENT ON COLUMN trial_secondary_id.id_text IS 'The text as entered (EudraCT: 2015-001234-56).';
COMMENT ON COLUMN trial_secondary_id.place IS 'organization (the sponsor''s own number), secondary, alias (an NCT number it once had).';
COMMENT ON COLUMN trial_secondary_id.id_type IS 'The registry''s word for its type: EUDRACT_NUMBER, CTIS, REGISTRY, NIH, OTHER and so on.';
COMMENT ON COLUMN trial_secondary_id.domain IS 'Whose number it is, in the sponsor''s words.';

DROP TABLE trial_reference;
CREATE TABLE trial_reference (
    nct_id VARCHAR NOT NULL,
    reference_key VARCHAR NOT NULL,
    pmid VARCHAR,
    reference_type VARCHAR,
    citation VARCHAR,
    retractions STRUCT(pmid VARCHAR, source VARCHAR)[] NOT NULL
);
COMMENT ON TABLE trial_reference IS 'One row a paper that a trial''s newest record cites.';
COMMENT ON COLUMN trial_reference.reference_key IS 'Hash of the PMID, or of the citation where there is none.';
COMMENT ON COLUMN trial_reference.pmid IS 'NULL where only the words of a citation are given.';
COMMENT ON COLUMN trial_reference.reference_type IS 'RESULT, DERIVED or BACKGROUND; the strongest where the paper is cited twice.';
COMMENT ON COLUMN trial_reference.retractions IS 'The notices that retract the paper, as the registry knows them.';

CREATE TABLE trial_result (
    nct_id VARCHAR NOT NULL,
    result_key VARCHAR NOT NULL,
    outcome_key VARCHAR NOT NULL,
    measure VARCHAR,
    time_frame VARCHAR,
    arm_title VARCHAR,
    class_title VARCHAR,
    category_title VARCHAR,
    param_type VARCHAR,
    unit VARCHAR,
    "value" VARCHAR,
    value_number DOUBLE,
    dispersion_type VARCHAR,
    spread VARCHAR,
    spread_number DOUBLE,
    lower_limit VARCHAR,
    lower_limit_number DOUBLE,
    upper_limit VARCHAR,
    upper_limit_number DOUBLE,
    p_values VARCHAR[] NOT NULL,
    comment VARCHAR,
    participants_analyzed BIGINT,
    units_analyzed VARCHAR,
    units_analyzed_count BIGINT,
    population VARCHAR,
    reporting_status VARCHAR,
    arm_description VARCHAR,
    group_id VARCHAR
);
COMMENT ON TABLE trial_result IS 'One row a value that an arm is posted with for a primary outcome, by class and category; an arm without any has one row whose value is NULL.';
COMMENT ON COLUMN trial_result.result_key IS 'Hash of outcome_key, arm, class and category.';
COMMENT ON COLUMN trial_result.outcome_key IS 'Equal to that of trial_outcome where the outcome was posted in the words it was registered in.';
COMMENT ON COLUMN trial_result.class_title IS 'What divides the outcome: often a time point or subgroup.';
COMMENT ON COLUMN trial_result.category_title IS 'What divides a class: often the answers that are counted.';
COMMENT ON COLUMN trial_result.param_type IS 'What the value is: MEDIAN, MEAN, LEAST_SQUARES_MEAN, COUNT_OF_PARTICIPANTS, NUMBER and so on.';
COMMENT ON COLUMN trial_result."value" IS 'As posted, NA for instance. Its number is in value_number, and so for the three columns of spread and interval.';
COMMENT ON COLUMN trial_result.dispersion_type IS 'What spread, or lower and upper limit, are: Standard Deviation, 95% Confidence Interval and so on.';
COMMENT ON COLUMN trial_result.p_values IS 'Of the analyses that compare this arm, as posted; trial_result_analysis says which is which.';
COMMENT ON COLUMN trial_result.participants_analyzed IS 'In this arm, and in this class where it has counts of its own.';
COMMENT ON COLUMN trial_result.units_analyzed IS 'What was counted where that was not participants: Lesions, Eyes.';
COMMENT ON COLUMN trial_result.population IS 'Who was analysed, in the sponsor''s words; often why nothing was.';
COMMENT ON COLUMN trial_result.group_id IS 'The arm''s number inside this outcome of this record; it may change when the sponsor reorders.';

CREATE TABLE trial_result_analysis (
    nct_id VARCHAR NOT NULL,
    analysis_key VARCHAR NOT NULL,
    outcome_key VARCHAR NOT NULL,
    measure VARCHAR,
    time_frame VARCHAR,
    arm_titles VARCHAR[] NOT NULL,
    group_description VARCHAR,
    method VARCHAR,
    method_comment VARCHAR,
    p_value VARCHAR,
    p_value_operator VARCHAR,
    p_value_number DOUBLE,
    p_value_comment VARCHAR,
    param_type VARCHAR,
    param_value VARCHAR,
    param_value_number DOUBLE,
    ci_percent DOUBLE,
    ci_sides VARCHAR,
    ci_lower VARCHAR,
    ci_lower_number DOUBLE,
    ci_lower_comment VARCHAR,
    ci_upper VARCHAR,
    ci_upper_number DOUBLE,
    ci_upper_comment VARCHAR,
    dispersion_type VARCHAR,
    dispersion_value VARCHAR,
    estimate_comment VARCHAR,
    is_non_inferiority_tested BOOLEAN,
    non_inferiority_type VARCHAR,
    non_inferiority_comment VARCHAR,
    description VARCHAR
);
COMMENT ON TABLE trial_result_analysis IS 'One row a statistical analysis posted with a primary outcome.';
COMMENT ON COLUMN trial_result_analysis.analysis_key IS 'Hash of outcome_key, arms, group_description, method, param_type and description.';
COMMENT ON COLUMN trial_result_analysis.outcome_key IS 'As in trial_result.';
COMMENT ON COLUMN trial_result_analysis.arm_titles IS 'The trial_result.arm_title of the arms compared, in the order they are listed in.';
COMMENT ON COLUMN trial_result_analysis.p_value IS 'As posted (<0.001).';
COMMENT ON COLUMN trial_result_analysis.p_value_operator IS '=, <, <=, >, >=; NULL where the text is no p value.';
COMMENT ON COLUMN trial_result_analysis.p_value_number IS 'The number in it, 0 to 1.';
COMMENT ON COLUMN trial_result_analysis.param_type IS 'What is estimated: Hazard Ratio (HR), Odds Ratio (OR), Mean Difference and so on.';
COMMENT ON COLUMN trial_result_analysis.ci_percent IS 'Confidence level of ci_lower and ci_upper, in percent.';
COMMENT ON COLUMN trial_result_analysis.ci_sides IS 'ONE_SIDED or TWO_SIDED.';
COMMENT ON COLUMN trial_result_analysis.is_non_inferiority_tested IS 'Only in older records.';
COMMENT ON COLUMN trial_result_analysis.non_inferiority_type IS 'SUPERIORITY, NON_INFERIORITY, EQUIVALENCE, OTHER and their older combinations.';
