-- purpose: the tables of the warehouse; the views of the public face are in warehouse/views and made anew by each release
-- note: tables carry no primary keys (an index doubles the file and grows under rewriting); warehouse/checks guards the keys

-- The ledger ----------------------------------------------------------------------------------------------------------

CREATE TABLE run (
    run_id BIGINT NOT NULL,
    job VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    clock_at TIMESTAMP NOT NULL,
    status VARCHAR NOT NULL,
    exit_code INTEGER,
    seconds DOUBLE,
    vocabulary_version VARCHAR,
    software_version VARCHAR NOT NULL,
    message VARCHAR
);
COMMENT ON TABLE run IS 'One row a job run: nightly (period: the day) or weekly (period: the ISO week). status: running, done, failed, interrupted.';

CREATE TABLE run_step (
    run_id BIGINT NOT NULL,
    step_no INTEGER NOT NULL,
    step VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    seconds DOUBLE NOT NULL,
    summary VARCHAR,
    message VARCHAR
);
COMMENT ON TABLE run_step IS 'One row a step of a run, in order. status: done, failed, skipped.';

CREATE TABLE issue (
    run_id BIGINT NOT NULL,
    severity VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    record VARCHAR,
    path VARCHAR,
    message VARCHAR NOT NULL,
    observed_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE issue IS 'What went wrong with one record, item or source of a run. severity: error, warning, info.';

CREATE TABLE source_check (
    run_id BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    query_hash VARCHAR NOT NULL,
    source_day DATE,
    outcome VARCHAR NOT NULL,
    expected BIGINT,
    received BIGINT,
    reason VARCHAR,
    checked_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE source_check IS 'How complete the extraction of one item was: proved, unproved, failed, same_day. query_hash: which question was asked.';

-- What is watched, and why a record is here ---------------------------------------------------------------------------

CREATE TABLE watch_item (
    item VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    terms VARCHAR[] NOT NULL,
    is_active BOOLEAN NOT NULL,
    added_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP
);
CREATE TABLE watch_match (
    source VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    record VARCHAR NOT NULL,
    field VARCHAR,
    synonym VARCHAR,
    first_matched_at TIMESTAMP NOT NULL,
    last_matched_day DATE NOT NULL,
    left_at TIMESTAMP
);
CREATE TABLE watch_event (
    source VARCHAR NOT NULL,
    item VARCHAR,
    record VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    source_day DATE,
    detail VARCHAR,
    observed_at TIMESTAMP NOT NULL,
    run_id BIGINT NOT NULL
);

-- Trials --------------------------------------------------------------------------------------------------------------

CREATE TABLE trial_record (
    nct_id VARCHAR NOT NULL,
    brief_title VARCHAR,
    official_title VARCHAR,
    acronym VARCHAR,
    overall_status VARCHAR NOT NULL,
    last_known_status VARCHAR,
    why_stopped VARCHAR,
    study_type VARCHAR,
    phases VARCHAR[] NOT NULL,
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
    has_results BOOLEAN NOT NULL,
    lead_sponsor VARCHAR,
    lead_sponsor_class VARCHAR,
    collaborators VARCHAR[] NOT NULL,
    conditions VARCHAR[] NOT NULL,
    interventions VARCHAR[] NOT NULL,
    countries VARCHAR[] NOT NULL,
    site_count INTEGER NOT NULL
);
CREATE TABLE trial_sighting (
    nct_id VARCHAR NOT NULL,
    registry_state VARCHAR NOT NULL,
    raw_hash VARCHAR NOT NULL,
    source_day DATE NOT NULL,
    missing_days DATE[] NOT NULL,
    first_seen_at TIMESTAMP NOT NULL,
    last_checked_at TIMESTAMP NOT NULL
);
CREATE TABLE trial_version_log (
    version_id VARCHAR NOT NULL,
    nct_id VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    source_submit_date DATE,
    source_post_date DATE,
    source_day DATE NOT NULL,
    learnt_no BIGINT NOT NULL,
    first_seen_at TIMESTAMP NOT NULL,
    run_id BIGINT NOT NULL,
    overall_status VARCHAR NOT NULL,
    payload JSON NOT NULL
);
CREATE TABLE trial_change_log (
    change_id VARCHAR NOT NULL,
    nct_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    old_value VARCHAR,
    new_value VARCHAR,
    detail JSON NOT NULL,
    weight VARCHAR NOT NULL,
    source_submit_date DATE,
    source_post_date DATE,
    source_day DATE NOT NULL,
    observed_at TIMESTAMP NOT NULL,
    origin VARCHAR NOT NULL,
    run_id BIGINT NOT NULL,
    from_version_id VARCHAR,
    to_version_id VARCHAR,
    superseded_at TIMESTAMP
);
CREATE TABLE trial_reference (
    nct_id VARCHAR NOT NULL,
    pmid VARCHAR NOT NULL,
    reference_type VARCHAR
);

-- Articles ------------------------------------------------------------------------------------------------------------

CREATE TABLE article_record (
    pmid VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    abstract VARCHAR NOT NULL,
    abstract_sections STRUCT(label VARCHAR, nlm_category VARCHAR, "text" VARCHAR)[] NOT NULL,
    journal VARCHAR,
    pub_date DATE,
    pub_date_precision VARCHAR,
    pub_date_text VARCHAR,
    entrez_date DATE,
    publication_types VARCHAR[] NOT NULL,
    languages VARCHAR[] NOT NULL,
    authors VARCHAR[] NOT NULL,
    mesh VARCHAR[] NOT NULL,
    doi VARCHAR,
    pmcid VARCHAR,
    databank_nct_ids VARCHAR[] NOT NULL,
    text_nct_ids VARCHAR[] NOT NULL,
    is_retracted BOOLEAN NOT NULL,
    content_hash VARCHAR NOT NULL,
    run_id BIGINT NOT NULL
);
CREATE TABLE article_sighting (
    pmid VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    first_seen_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL
);
CREATE TABLE article_correction (
    pmid VARCHAR NOT NULL,
    ref_type VARCHAR NOT NULL,
    related_pmid VARCHAR NOT NULL,
    note VARCHAR NOT NULL
);
COMMENT ON TABLE article_correction IS 'One row a tie between a paper and its notices, in NLM''s words: RetractionIn (this paper is retracted), RetractionOf (this is the notice).';
CREATE TABLE article_event (
    pmid VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    detail VARCHAR,
    related_pmid VARCHAR,
    source_date DATE,
    observed_at TIMESTAMP NOT NULL,
    origin VARCHAR NOT NULL,
    run_id BIGINT NOT NULL
);

-- Vocabulary and what it finds ----------------------------------------------------------------------------------------

CREATE TABLE vocabulary (version VARCHAR NOT NULL, loaded_at TIMESTAMP NOT NULL);
CREATE TABLE target (
    target VARCHAR NOT NULL,
    symbol VARCHAR NOT NULL,
    hgnc_id VARCHAR NOT NULL,
    ncbi_gene BIGINT[] NOT NULL,
    uniprot VARCHAR NOT NULL,
    pathway VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);
CREATE TABLE agent (
    agent VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    modality VARCHAR NOT NULL,
    pathways VARCHAR[] NOT NULL,
    source VARCHAR NOT NULL
);
CREATE TABLE agent_action (
    agent VARCHAR NOT NULL,
    gene VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    target VARCHAR,
    makes_link BOOLEAN NOT NULL
);
CREATE TABLE synonym (name VARCHAR NOT NULL, kind VARCHAR NOT NULL, synonym VARCHAR NOT NULL, grade VARCHAR NOT NULL, is_searched BOOLEAN NOT NULL);
CREATE TABLE pathway (pathway VARCHAR NOT NULL, description VARCHAR NOT NULL);
CREATE TABLE mention (
    doc_type VARCHAR NOT NULL,
    doc_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    "text" VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    target VARCHAR,
    via VARCHAR NOT NULL,
    agent VARCHAR,
    is_negated BOOLEAN NOT NULL,
    role VARCHAR NOT NULL,
    vocabulary_version VARCHAR NOT NULL
);
CREATE TABLE tagged_document (
    doc_type VARCHAR NOT NULL,
    doc_id VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    vocabulary_version VARCHAR NOT NULL
);
COMMENT ON TABLE tagged_document IS 'Which content of a document was tagged with which vocabulary, though nothing was found.';
CREATE TABLE trial_target (
    nct_id VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    basis VARCHAR NOT NULL,
    agents VARCHAR[] NOT NULL,
    mentions INTEGER NOT NULL
);
CREATE TABLE trial_pathway (nct_id VARCHAR NOT NULL, pathway VARCHAR NOT NULL, agents VARCHAR[] NOT NULL);
CREATE TABLE article_target (
    pmid VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    in_title BOOLEAN NOT NULL,
    via VARCHAR NOT NULL,
    mentions INTEGER NOT NULL
);
CREATE TABLE trial_article (
    nct_id VARCHAR NOT NULL,
    pmid VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    reference_type VARCHAR,
    score DOUBLE,
    reasons VARCHAR,
    first_seen_at TIMESTAMP NOT NULL
);

-- Digests -------------------------------------------------------------------------------------------------------------

CREATE TABLE digest (
    period VARCHAR NOT NULL,
    since_at TIMESTAMP NOT NULL,
    until_at TIMESTAMP NOT NULL,
    path VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    run_id BIGINT NOT NULL
);
