-- purpose: what reviews state that can be tested, and what became of each statement
-- note: what each column means stands in warehouse/comments; a verdict's row ends where the next begins, so that a letter written again reads what was known at its end

CREATE TABLE review (
    review VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    citation VARCHAR,
    printed_on DATE NOT NULL,
    doi VARCHAR,
    pmid VARCHAR,
    file VARCHAR NOT NULL
);

CREATE TABLE review_claim (
    review VARCHAR NOT NULL,
    claim VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    section VARCHAR NOT NULL,
    statement VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    name VARCHAR,
    trials VARCHAR[] NOT NULL,
    meant_trials VARCHAR[] NOT NULL,
    agents VARCHAR[] NOT NULL,
    targets VARCHAR[] NOT NULL,
    pathways VARCHAR[] NOT NULL,
    phase VARCHAR,
    condition VARCHAR,
    articles VARCHAR[] NOT NULL,
    printed_on DATE NOT NULL,
    unresolved VARCHAR[] NOT NULL,
    note VARCHAR,
    claim_hash VARCHAR NOT NULL
);

CREATE TABLE review_misprint (
    review VARCHAR NOT NULL,
    printed VARCHAR NOT NULL,
    means VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    section VARCHAR,
    note VARCHAR
);

CREATE TABLE review_verdict_log (
    verdict_id VARCHAR NOT NULL,
    review VARCHAR NOT NULL,
    claim VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    evidence JSON NOT NULL,
    is_read BOOLEAN NOT NULL,
    previous_verdict VARCHAR,
    cause VARCHAR NOT NULL,
    claim_hash VARCHAR NOT NULL,
    rules_version VARCHAR NOT NULL,
    vocabulary_version VARCHAR NOT NULL,
    since_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    run_id BIGINT NOT NULL
);
