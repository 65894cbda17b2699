-- purpose: which files of PubMed were read, and which of them spoke last of a paper
-- note: nothing to fill: no release before this one read such files

CREATE TABLE import_file (
    name VARCHAR NOT NULL,
    series_year INTEGER,
    series_no INTEGER,
    size BIGINT NOT NULL,
    md5 VARCHAR NOT NULL,
    question VARCHAR NOT NULL,
    citations BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    load_no BIGINT NOT NULL,
    loaded_at TIMESTAMP NOT NULL,
    run_id BIGINT NOT NULL
);
COMMENT ON TABLE import_file IS 'One row a file of PubMed that was read whole, as it was when last read. Given again unchanged, it is passed over.';
COMMENT ON COLUMN import_file.series_year IS 'Of pubmed26n0001: 26. NULL where the name is none of NLM''s.';
COMMENT ON COLUMN import_file.series_no IS 'Of pubmed26n0001: 1. Within a year a higher number is newer.';
COMMENT ON COLUMN import_file.question IS 'Hash of what was looked for in it. Where the watchlist asks something else, the file is read anew.';
COMMENT ON COLUMN import_file.citations IS 'How many it holds, repeated PMIDs counted as often.';
COMMENT ON COLUMN import_file.taken IS 'How many of them were watched, held, or taken as everything is.';
COMMENT ON COLUMN import_file.deleted IS 'How many papers held it took out.';
COMMENT ON COLUMN import_file.load_no IS 'The order in which files were read.';

CREATE TABLE article_import (
    pmid VARCHAR NOT NULL,
    series_year INTEGER,
    series_no INTEGER,
    is_deleted BOOLEAN NOT NULL
);
COMMENT ON TABLE article_import IS 'One row a paper that a file of PubMed brought or took out, also one never held: what the newest file says stands.';
COMMENT ON COLUMN article_import.series_year IS 'Of the newest file of NLM''s that spoke of it.';
COMMENT ON COLUMN article_import.series_no IS 'Likewise.';
COMMENT ON COLUMN article_import.is_deleted IS 'Whether that file took it out (DeleteCitation).';
