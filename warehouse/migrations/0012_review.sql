-- purpose: what reviews state that can be tested, and what became of each statement
-- note: a verdict's row ends where the next begins, so that a letter written again reads what was known at its end

CREATE TABLE review (
    review VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    citation VARCHAR,
    printed_on DATE NOT NULL,
    doi VARCHAR,
    pmid VARCHAR,
    file VARCHAR NOT NULL
);
COMMENT ON TABLE review IS 'One row a review whose statements are tested.';
COMMENT ON COLUMN review.printed_on IS 'The day it was published: what was so by then was so at press.';
COMMENT ON COLUMN review.file IS 'The file its claims were read from.';

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
COMMENT ON TABLE review_claim IS 'One row a statement of a review that a registry or PubMed can test, as its file has it now.';
COMMENT ON COLUMN review_claim.claim IS 'Its id, unique in the review.';
COMMENT ON COLUMN review_claim.position IS 'Its place in the file, from 0.';
COMMENT ON COLUMN review_claim.state IS 'What it says of the state of things: ongoing, results_not_released, early_results, positive, failed, approved, preclinical; unsorted until a person has read it.';
COMMENT ON COLUMN review_claim.trials IS 'NCT numbers as printed.';
COMMENT ON COLUMN review_claim.meant_trials IS 'NCT numbers that are not printed and that it is about.';
COMMENT ON COLUMN review_claim.agents IS 'Names of the vocabulary, misprints mended; so targets and pathways.';
COMMENT ON COLUMN review_claim.unresolved IS 'What of it resolves to nothing, in words: names that the vocabulary does not know, a trial without a number.';
COMMENT ON COLUMN review_claim.claim_hash IS 'Of all it says, misprints and day of printing with it.';

CREATE TABLE review_misprint (
    review VARCHAR NOT NULL,
    printed VARCHAR NOT NULL,
    means VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    section VARCHAR,
    note VARCHAR
);
COMMENT ON TABLE review_misprint IS 'One row a slip of a review''s print: a synonym in that review alone.';
COMMENT ON COLUMN review_misprint.kind IS 'agent, target, trial, name, fact.';

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
COMMENT ON TABLE review_verdict_log IS 'One row a verdict on a claim as it stood from since_at on, with its rule and evidence.';
COMMENT ON COLUMN review_verdict_log.verdict IS 'stands, outdated, outdated_at_press, record_contradicts, cannot_tell.';
COMMENT ON COLUMN review_verdict_log.rule IS 'The id of a rule of models/verdict_rules.toml.';
COMMENT ON COLUMN review_verdict_log.reason IS 'The deciding finding in words.';
COMMENT ON COLUMN review_verdict_log.evidence IS 'A list of findings, the deciding one first: kind, nct_id or pmid, change_ids, and what was found with its dates.';
COMMENT ON COLUMN review_verdict_log.is_read IS 'False where the records it rests on were not read: it says nothing new of the claim.';
COMMENT ON COLUMN review_verdict_log.previous_verdict IS 'The last one before it that rested on records read; NULL for the first.';
COMMENT ON COLUMN review_verdict_log.cause IS 'first; record (what the sources say moved); claim (its file was edited); rules (of a newer release); vocabulary.';
COMMENT ON COLUMN review_verdict_log.ended_at IS 'NULL while it stands.';
