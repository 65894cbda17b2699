-- purpose: versions learnt from the registry's record history, the state of a trial at each version, and when a change was written
-- note: what earlier releases did not keep (state, version_id) is NULL here and filled from the payloads by the next run

ALTER TABLE trial_version_log ADD COLUMN markup VARCHAR DEFAULT 'markdown';
ALTER TABLE trial_version_log ADD COLUMN registry_version INTEGER;
ALTER TABLE trial_version_log ADD COLUMN is_sighting BOOLEAN DEFAULT TRUE;
ALTER TABLE trial_version_log ADD COLUMN state STRUCT(
    brief_title VARCHAR,
    official_title VARCHAR,
    acronym VARCHAR,
    overall_status VARCHAR,
    last_known_status VARCHAR,
    why_stopped VARCHAR,
    study_type VARCHAR,
    phases VARCHAR[],
    enrollment BIGINT,
    enrollment_type VARCHAR,
    start_date DATE,
    start_date_precision VARCHAR,
    start_date_type VARCHAR,
    primary_completion_date DATE,
    primary_completion_date_precision VARCHAR,
    primary_completion_date_type VARCHAR,
    completion_date DATE,
    completion_date_precision VARCHAR,
    completion_date_type VARCHAR,
    first_post_date DATE,
    last_update_submit_date DATE,
    last_update_post_date DATE,
    results_first_post_date DATE,
    has_results BOOLEAN,
    lead_sponsor VARCHAR,
    lead_sponsor_class VARCHAR,
    collaborators VARCHAR[],
    conditions VARCHAR[],
    interventions VARCHAR[],
    countries VARCHAR[],
    site_count INTEGER
);
UPDATE trial_version_log SET is_sighting = (origin = 'live');
COMMENT ON COLUMN trial_version_log.markup IS 'How the payload writes text: markdown (API v2) or html (the record history).';
COMMENT ON COLUMN trial_version_log.registry_version IS 'The number of this version in the registry''s record history; NULL where that was not asked.';
COMMENT ON COLUMN trial_version_log.is_sighting IS 'Whether it was the newest state when it came: what lies between two sightings was missed, what lies before the first is history.';
COMMENT ON COLUMN trial_version_log.state IS 'What `trial` says of this version.';

ALTER TABLE trial_change_log ADD COLUMN recorded_at TIMESTAMP;
UPDATE trial_change_log SET recorded_at = observed_at;
COMMENT ON COLUMN trial_change_log.recorded_at IS 'When this row was written. A row that says again what a superseded one said keeps the observed_at of that one.';

ALTER TABLE trial_record ADD COLUMN version_id VARCHAR;
COMMENT ON COLUMN trial_record.version_id IS 'The version this row and the trial''s children were built from.';

CREATE TABLE trial_edit_log (
    nct_id VARCHAR NOT NULL,
    from_version_id VARCHAR,
    to_version_id VARCHAR,
    paths VARCHAR[] NOT NULL,
    superseded_at TIMESTAMP
);
COMMENT ON TABLE trial_edit_log IS 'One row a pair of neighbouring versions that differ in administrative fields, which no change row tells: their paths.';

CREATE TABLE history_check (
    nct_id VARCHAR NOT NULL,
    checked_at TIMESTAMP NOT NULL,
    outcome VARCHAR NOT NULL,
    known_to DATE NOT NULL,
    since_date DATE,
    versions INTEGER NOT NULL,
    run_id BIGINT NOT NULL
);
COMMENT ON TABLE history_check IS 'One row a trial whose record history was read. outcome: whole (every version that can hold a change, from since_date on where that is set), gap (only what lies between sightings), none (the registry has none). known_to: submit date of the newest sighting then.';
