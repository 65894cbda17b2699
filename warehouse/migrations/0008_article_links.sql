-- purpose: when a link between a trial and a paper was stated, what a paper weighs, and on which days one was not served
-- note: a row of a log ends where the next begins, so that a letter written again reads what was known at its end
-- note: links of earlier releases were known since they were first seen; papers are weighed by the next run

CREATE TABLE trial_article_log (
    nct_id VARCHAR NOT NULL,
    pmid VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    reference_type VARCHAR,
    score DOUBLE,
    reasons VARCHAR,
    first_seen_at TIMESTAMP NOT NULL,
    since_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
COMMENT ON TABLE trial_article_log IS 'One row a link of trial_article as it stood from since_at on. Where it is stated otherwise, or no more, it ends, and is kept.';
COMMENT ON COLUMN trial_article_log.first_seen_at IS 'When this trial, paper and origin were first tied here, also where the tie ended and came back.';
COMMENT ON COLUMN trial_article_log.ended_at IS 'NULL while it stands.';
INSERT INTO trial_article_log BY NAME SELECT *, first_seen_at AS since_at FROM trial_article;
COMMENT ON TABLE trial_article IS 'One row a link between a trial and a paper that are both held, and who states it. Candidates are guesses, nobody states them.';
COMMENT ON COLUMN trial_article.origin IS 'registry, databank, abstract: who states it. candidate: nobody; it was scored from what both texts say.';
COMMENT ON COLUMN trial_article.reference_type IS 'The registry''s word: RESULT, DERIVED, BACKGROUND (cited by the sponsor, not about this trial).';
COMMENT ON COLUMN trial_article.score IS 'Of a candidate, 0 to 1.';
COMMENT ON COLUMN trial_article.reasons IS 'Of a candidate, what speaks for it, in words.';

CREATE TABLE article_rank (
    pmid VARCHAR NOT NULL,
    rank INTEGER NOT NULL,
    weight VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    detail VARCHAR NOT NULL
);
COMMENT ON TABLE article_rank IS 'One row a paper: what it weighs in a letter, by the first rule of models/article_rank.toml that fits.';
COMMENT ON COLUMN article_rank.rank IS 'The place of the rule: papers of a low number are told first.';
COMMENT ON COLUMN article_rank.weight IS 'top, high, medium, low. A letter counts those under its weight.';
COMMENT ON COLUMN article_rank.rule IS 'The name of the rule: linked, trial_report, context, or one of those for the rest.';
COMMENT ON COLUMN article_rank.reason IS 'What the rule means, in words; papers that a letter only counts are counted under it.';
COMMENT ON COLUMN article_rank.detail IS 'What it was seen by: trials, publication types, words of the paper.';

CREATE TABLE article_rank_log (
    pmid VARCHAR NOT NULL,
    rank INTEGER NOT NULL,
    weight VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    since_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
COMMENT ON TABLE article_rank_log IS 'One row a rank of a paper as it stood from since_at on; ended_at is NULL while it stands.';

CREATE TABLE link_basis (step VARCHAR NOT NULL, basis VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL);
COMMENT ON TABLE link_basis IS 'One row a step (candidate, rank): a hash of the rules, and of what of the trials they look at, that all papers were last judged by. Where it has moved, all are judged anew; else those alone that are new or changed.';

ALTER TABLE article_sighting ADD COLUMN missing_days DATE[] DEFAULT [];
COMMENT ON COLUMN article_sighting.missing_days IS 'The days on which PubMed did not return it though it was asked for by number. One that comes back has none.';
COMMENT ON COLUMN article_sighting.state IS 'active; deleted (taken out of PubMed); merged (taken out, and a paper still there carries its DOI).';
