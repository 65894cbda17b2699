-- purpose: why a document belongs to a target, what a change of vocabulary moved, and links that the user decides
-- note: what earlier releases tagged is tagged anew by the next run, because it is not known by which rules it was

ALTER TABLE vocabulary ADD COLUMN content JSON;
COMMENT ON COLUMN vocabulary.content IS 'All of it, so that the next one can be compared with it. NULL where an earlier release loaded it.';
ALTER TABLE tagged_document ADD COLUMN rules_version VARCHAR;
COMMENT ON COLUMN tagged_document.rules_version IS 'A hash of the program''s rules for tagging and linking. NULL: an earlier release''s.';
COMMENT ON COLUMN tagged_document.vocabulary_version IS 'The newest vocabulary that what was found holds with: where one cannot change what is found, the text is not tagged again.';
COMMENT ON COLUMN mention.vocabulary_version IS 'As in tagged_document.';

ALTER TABLE trial_target ADD COLUMN evidence VARCHAR;
ALTER TABLE trial_target ADD COLUMN evidence_field VARCHAR;
COMMENT ON COLUMN trial_target.basis IS 'override (said by the user), intervention, title, outcome, description, inclusion: the strongest one.';
COMMENT ON COLUMN trial_target.evidence IS 'The sentence of a mention with that basis; of an override, the reason given.';
COMMENT ON COLUMN trial_target.evidence_field IS 'Where that sentence stands; NULL for an override.';
ALTER TABLE article_target ADD COLUMN basis VARCHAR;
ALTER TABLE article_target ADD COLUMN evidence VARCHAR;
ALTER TABLE article_target ADD COLUMN evidence_field VARCHAR;
COMMENT ON COLUMN article_target.basis IS 'override (said by the user), title, abstract: the strongest one.';
COMMENT ON COLUMN article_target.evidence IS 'The sentence of a mention with that basis; of an override, the reason given.';
COMMENT ON COLUMN article_target.evidence_field IS 'Where that sentence stands; NULL for an override.';

CREATE TABLE link_override (
    doc_type VARCHAR NOT NULL,
    doc_id VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);
COMMENT ON TABLE link_override IS 'One row a link that overrides.toml decides, as it was last applied; also of documents that are not held.';
COMMENT ON COLUMN link_override.verdict IS 'force: it belongs there, whatever its text says. deny: it does not.';

CREATE TABLE link_move (
    doc_type VARCHAR NOT NULL,
    doc_id VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    move VARCHAR NOT NULL,
    cause VARCHAR NOT NULL,
    basis VARCHAR NOT NULL,
    mentions INTEGER NOT NULL,
    vocabulary_version VARCHAR NOT NULL,
    observed_at TIMESTAMP NOT NULL,
    run_id BIGINT NOT NULL
);
COMMENT ON TABLE link_move IS 'One row a link of a document held before that came or went. A document''s first links are no moves.';
COMMENT ON COLUMN link_move.move IS 'gained, lost.';
COMMENT ON COLUMN link_move.cause IS 'record (its text was revised), vocabulary, rules (of a newer release), override. Only the first is news.';
COMMENT ON COLUMN link_move.basis IS 'Of the link that came, or that went.';
COMMENT ON COLUMN link_move.mentions IS 'Likewise.';
