-- purpose: what else a PubMed record says of a paper: who wrote and paid, what it is indexed with, other abstracts
-- note: NULL in a row that was written before these columns were there; it is filled when the paper is next read, and
-- note: that makes no event, since none of these columns is content a reader would call revised

ALTER TABLE article_record ADD COLUMN vernacular_title VARCHAR;
ALTER TABLE article_record ADD COLUMN pub_date_end DATE;
ALTER TABLE article_record ADD COLUMN revised_date DATE;
ALTER TABLE article_record ADD COLUMN is_book BOOLEAN;
ALTER TABLE article_record ADD COLUMN author_details STRUCT(
    last_name VARCHAR, fore_name VARCHAR, initials VARCHAR, suffix VARCHAR, collective_name VARCHAR, orcid VARCHAR,
    affiliations VARCHAR[]
)[];
ALTER TABLE article_record ADD COLUMN mesh_headings STRUCT(
    descriptor VARCHAR, ui VARCHAR, is_major BOOLEAN, qualifiers VARCHAR[]
)[];
ALTER TABLE article_record ADD COLUMN keywords VARCHAR[];
ALTER TABLE article_record ADD COLUMN chemicals STRUCT("name" VARCHAR, registry_number VARCHAR, ui VARCHAR)[];
ALTER TABLE article_record ADD COLUMN grants STRUCT(grant_id VARCHAR, agency VARCHAR, country VARCHAR)[];
ALTER TABLE article_record ADD COLUMN other_abstracts STRUCT(kind VARCHAR, "language" VARCHAR, "text" VARCHAR)[];
COMMENT ON COLUMN article_record.vernacular_title IS 'The title in the paper''s own language; title is then its translation, in brackets.';
COMMENT ON COLUMN article_record.pub_date_end IS 'Last day the stated date allows; pub_date is the first.';
COMMENT ON COLUMN article_record.revised_date IS 'When NLM last touched the record, as of the content held.';
COMMENT ON COLUMN article_record.is_book IS 'A book or a chapter of one; journal is then the book''s title.';
COMMENT ON COLUMN article_record.author_details IS 'The authors in order, with ORCID (0000-0000-0000-0000) and affiliations; a group has only collective_name. Empty texts where nothing is given.';
COMMENT ON COLUMN article_record.mesh_headings IS 'The same headings as mesh, with their ids and qualifiers; is_major if the heading or a qualifier is starred.';
COMMENT ON COLUMN article_record.keywords IS 'As the authors or NLM gave them.';
COMMENT ON COLUMN article_record.chemicals IS 'Substances NLM indexed: registry_number is a CAS, EC or UNII number, 0 for none; ui is the MeSH id.';
COMMENT ON COLUMN article_record.grants IS 'Who paid, as the record says it.';
COMMENT ON COLUMN article_record.other_abstracts IS 'Abstracts beside the main one: in other languages, or for lay readers; kind is NLM''s Type.';
