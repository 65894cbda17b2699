-- Papers

COMMENT ON VIEW article IS 'One row a paper ever fetched, in its newest version. Abstracts may be under copyright: they stay in this file, and no letter holds one.

From `vernacular_title` on: `NULL` in a paper stored by a release before these columns, until it is next read.';
COMMENT ON COLUMN article.pmid IS 'The paper''s number.';
COMMENT ON COLUMN article.version IS 'PubMed''s own; the highest wins.';
COMMENT ON COLUMN article.title IS 'Plain text, as all texts here: markup and escapes undone.';
COMMENT ON COLUMN article.abstract IS 'The section texts joined by a space; empty where there is none.';
COMMENT ON COLUMN article.abstract_sections IS 'The same with the publisher''s labels.';
COMMENT ON COLUMN article.journal IS 'Or the title of the book.';
COMMENT ON COLUMN article.pub_date IS 'First day the stated date allows.';
COMMENT ON COLUMN article.pub_date_precision IS '`day`, `month`, `year`.';
COMMENT ON COLUMN article.pub_date_text IS 'As stated ("2025 Nov-Dec").';
COMMENT ON COLUMN article.entrez_date IS 'The day it entered PubMed.';
COMMENT ON COLUMN article.publication_types IS 'NLM''s terms.';
COMMENT ON COLUMN article.languages IS 'Codes of three letters, as NLM gives them.';
COMMENT ON COLUMN article.authors IS '`Family Initials`, or the name of a group.';
COMMENT ON COLUMN article.mesh IS 'Descriptors; indexing lags by months.';
COMMENT ON COLUMN article.doi IS 'Without a resolver''s address.';
COMMENT ON COLUMN article.pmcid IS 'Its number in PubMed Central.';
COMMENT ON COLUMN article.is_retracted IS 'The paper itself is retracted: by its own record, or by a notice held that names it.';
COMMENT ON COLUMN article.nct_ids IS 'Trials it declares or names in title or abstract.';
COMMENT ON COLUMN article.state IS '`active`; `deleted`: taken out of PubMed, as PubMed says, or not returned on three different days though asked for by number; `merged`: likewise, and a paper still there carries its DOI.';
COMMENT ON COLUMN article.first_seen_at IS 'The run that saw it first.';
COMMENT ON COLUMN article.last_seen_at IS 'Last listed by PubMed, or returned by number.';
COMMENT ON COLUMN article.url IS 'Its page for people.';
COMMENT ON COLUMN article.vernacular_title IS 'The title in the paper''s own language; `title` is then its translation, in brackets.';
COMMENT ON COLUMN article.pub_date_end IS 'Last day the stated date allows.';
COMMENT ON COLUMN article.revised_date IS 'When NLM last touched the record, as of the content held.';
COMMENT ON COLUMN article.is_book IS 'A book or a chapter of one.';
COMMENT ON COLUMN article.author_details IS 'The authors in order; a group has only `collective_name`. Empty texts where nothing is given.';
COMMENT ON COLUMN article.mesh_headings IS 'As `mesh`, with ids and qualifiers; `is_major`: the heading or a qualifier is starred.';
COMMENT ON COLUMN article.keywords IS 'As the authors or NLM gave them.';
COMMENT ON COLUMN article.chemicals IS 'Substances NLM indexed; `registry_number` is a CAS, EC or UNII number, `0` for none, `ui` the MeSH id.';
COMMENT ON COLUMN article.grants IS 'Who paid, as the record says it.';
COMMENT ON COLUMN article.other_abstracts IS 'Abstracts beside the main one: in other languages, or for lay readers (`kind`, NLM''s Type).';

COMMENT ON TABLE article_event IS 'One row a thing that happened to a paper. It is told of the paper it happened to, never of the notice, and once: whether the notice, the paper''s own record or both say so, in whichever order they come.';
COMMENT ON COLUMN article_event.pmid IS 'The paper''s number.';
COMMENT ON COLUMN article_event.kind IS 'What happened.';
COMMENT ON COLUMN article_event.detail IS 'What of it.';
COMMENT ON COLUMN article_event.related_pmid IS 'The notice that says so; of `merged` the paper that stayed.';
COMMENT ON COLUMN article_event.source_date IS 'Of a new paper: when it entered PubMed; else when the record that tells of it was revised.';
COMMENT ON COLUMN article_event.observed_at IS 'The run that first saw it.';
COMMENT ON COLUMN article_event.origin IS '`live`, `backfill` or `import`.';
COMMENT ON COLUMN article_event.run_id IS 'The run that wrote the row: `run.run_id`.';

COMMENT ON TABLE article_correction IS 'One row a tie between a paper and a notice, in NLM''s words. `RetractionIn`: this paper is retracted. `RetractionOf`: this is the notice. So `ErratumIn` and `ErratumFor`, `ExpressionOfConcernIn` and `ExpressionOfConcernFor`, `UpdateIn` and `UpdateOf`, `RepublishedIn` and `RepublishedFrom`.';
COMMENT ON COLUMN article_correction.pmid IS 'The paper''s number.';
COMMENT ON COLUMN article_correction.ref_type IS 'NLM''s word for the tie.';
COMMENT ON COLUMN article_correction.related_pmid IS 'Empty where none is given.';
COMMENT ON COLUMN article_correction.note IS 'As the record words it.';

COMMENT ON TABLE article_target IS 'One row a paper and target that belong together.';
COMMENT ON COLUMN article_target.pmid IS 'The paper''s number.';
COMMENT ON COLUMN article_target.target IS '`target.target`.';
COMMENT ON COLUMN article_target.in_title IS 'It stands in the title too.';
COMMENT ON COLUMN article_target.via IS 'The plainest way it is named: `name`, `agent`, `tracer`; `override` where it is not.';
COMMENT ON COLUMN article_target.mentions IS 'How many places name it.';
COMMENT ON COLUMN article_target.basis IS 'The strongest reason: `override` (said by the user), `title`, `abstract`, `background`.';
COMMENT ON COLUMN article_target.evidence IS 'The sentence of a mention with that basis; of an override, the reason given.';
COMMENT ON COLUMN article_target.evidence_field IS 'Where that sentence stands; `NULL` for an override.';

COMMENT ON TABLE article_rank IS 'One row a paper: what it weighs in a letter, by the first rule of `models/article_rank.toml` that fits. A letter tells papers of its weight and above by `rank`, and counts the others under their `reason`.';
COMMENT ON COLUMN article_rank.pmid IS 'The paper''s number.';
COMMENT ON COLUMN article_rank.rank IS 'The place of the rule.';
COMMENT ON COLUMN article_rank.weight IS '`top`, `high`, `medium`, `low`.';
COMMENT ON COLUMN article_rank.rule IS '`linked` (high; to a tracked trial, by whoever states it, BACKGROUND aside; of a retracted paper also by whoever ever stated it), `unnamed` (low; no target or agent is found in it), `aside` (low; its target stands for something else, as CD73 among the markers of stem cells, or RIG-I in virology), `trial_report` (high), `context` (medium; oncology or checkpoints), `agent` (medium; a lead agent of a target is named, by its name), `rest` (low).';
COMMENT ON COLUMN article_rank.reason IS 'The rule in words.';
COMMENT ON COLUMN article_rank.detail IS 'What it was seen by: trials, publication types, words of the paper.';

COMMENT ON TABLE article_rank_log IS 'One row a rank of a paper as it stood for a time.';
COMMENT ON COLUMN article_rank_log.pmid IS 'These columns as in `article_rank`.';
COMMENT ON COLUMN article_rank_log.rank IS 'As in `article_rank`.';
COMMENT ON COLUMN article_rank_log.weight IS 'As in `article_rank`.';
COMMENT ON COLUMN article_rank_log.rule IS 'As in `article_rank`.';
COMMENT ON COLUMN article_rank_log.reason IS 'As in `article_rank`.';
COMMENT ON COLUMN article_rank_log.detail IS 'As in `article_rank`.';
COMMENT ON COLUMN article_rank_log.since_at IS 'The run from which on it stood.';
COMMENT ON COLUMN article_rank_log.ended_at IS '`NULL` while it stands.';
