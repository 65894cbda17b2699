-- Targets and agents

COMMENT ON TABLE target IS 'One row a target of the vocabulary.';
COMMENT ON COLUMN target.target IS 'Its name here: `LAG-3`.';
COMMENT ON COLUMN target.symbol IS 'HGNC''s: `LAG3`.';
COMMENT ON COLUMN target.hgnc_id IS 'The number of its gene at the HUGO Gene Nomenclature Committee.';
COMMENT ON COLUMN target.ncbi_gene IS 'Human, mouse, rat.';
COMMENT ON COLUMN target.uniprot IS 'Its protein at UniProt.';
COMMENT ON COLUMN target.pathway IS 'The one it belongs to.';
COMMENT ON COLUMN target.source IS 'Where the names come from.';

COMMENT ON TABLE agent IS 'One row an agent of the vocabulary.';
COMMENT ON COLUMN agent.agent IS 'Its name in the vocabulary.';
COMMENT ON COLUMN agent.role IS '`lead`: may be watched. `backbone`: recognised in texts, never searched for.';
COMMENT ON COLUMN agent.modality IS 'What it is: antibody, small molecule …';
COMMENT ON COLUMN agent.pathways IS 'Those it belongs to.';
COMMENT ON COLUMN agent.source IS 'Where the vocabulary has it from; `unverified` where nobody looked it up.';

COMMENT ON TABLE agent_action IS 'One row an agent and a gene it acts on.';
COMMENT ON COLUMN agent_action.agent IS 'Its name in the vocabulary.';
COMMENT ON COLUMN agent_action.gene IS 'HGNC symbol.';
COMMENT ON COLUMN agent_action.action IS '`blocks`, `agonist`, `depletes`, `derived_from`, `delivers`, `images`.';
COMMENT ON COLUMN agent_action.target IS 'The target of that symbol; `NULL` where it is none of the vocabulary''s.';
COMMENT ON COLUMN agent_action.makes_link IS 'False where naming the agent does not make it that target''s trial.';

COMMENT ON TABLE synonym IS 'One row a name of a target or agent.';
COMMENT ON COLUMN synonym.name IS 'The target or agent.';
COMMENT ON COLUMN synonym.kind IS '`target` or `agent`.';
COMMENT ON COLUMN synonym.synonym IS 'As written.';
COMMENT ON COLUMN synonym.grade IS '`safe`; `needs_context`: only beside a cue or another name of it; `never_alone`: only in a document that names it otherwise too.';
COMMENT ON COLUMN synonym.is_searched IS 'It is safe and sourced enough to search with.';

COMMENT ON TABLE pathway IS 'One row a pathway.';
COMMENT ON COLUMN pathway.pathway IS 'Its name.';
COMMENT ON COLUMN pathway.description IS 'What it is, in a line.';

COMMENT ON TABLE vocabulary IS 'One row a vocabulary that was loaded. The newest is the one in use.';
COMMENT ON COLUMN vocabulary.version IS 'A hash of its content.';
COMMENT ON COLUMN vocabulary.loaded_at IS 'The run that loaded it.';
COMMENT ON COLUMN vocabulary.content IS 'All of it, so that the next one can be compared with it. `NULL` where an earlier release loaded it.';

COMMENT ON TABLE mention IS 'One row a place in a text and the target it names, or a place that names an agent without a watched target.';
COMMENT ON COLUMN mention.doc_type IS '`trial` or `article`.';
COMMENT ON COLUMN mention.doc_id IS 'NCT number or PMID.';
COMMENT ON COLUMN mention.field IS 'With the item''s place: `interventions[0].name`, `eligibility.exclusion`, `title`, `abstract`.';
COMMENT ON COLUMN mention.start_char IS 'Code points from the field''s beginning.';
COMMENT ON COLUMN mention.end_char IS 'The first code point after it.';
COMMENT ON COLUMN mention.text IS 'As it stands there.';
COMMENT ON COLUMN mention.sentence IS 'Around it.';
COMMENT ON COLUMN mention.target IS '`NULL` for an agent without one.';
COMMENT ON COLUMN mention.via IS '`name`: the target itself; `agent`; `tracer`: an agent that images it.';
COMMENT ON COLUMN mention.agent IS '`NULL` where `via` is `name`.';
COMMENT ON COLUMN mention.is_negated IS 'The sentence denies it.';
COMMENT ON COLUMN mention.role IS 'What the field is: `arm`, `title`, `outcome`, `description`, `inclusion`, `exclusion`, `abstract`, or `background` for the sections of an abstract that only introduce.';
COMMENT ON COLUMN mention.vocabulary_version IS 'The newest vocabulary with which it holds; see `tagged_document`.';

COMMENT ON TABLE tagged_document IS 'One row a document: which content of it was tagged with which vocabulary, though nothing was found.';
COMMENT ON COLUMN tagged_document.doc_type IS '`trial` or `article`.';
COMMENT ON COLUMN tagged_document.doc_id IS 'NCT number or PMID.';
COMMENT ON COLUMN tagged_document.content_hash IS 'Of the text that was tagged.';
COMMENT ON COLUMN tagged_document.vocabulary_version IS 'The newest one that what was found holds with: where another vocabulary cannot change what is found, the text is not tagged again.';
COMMENT ON COLUMN tagged_document.rules_version IS 'A hash of the program''s rules for tagging and linking.';

COMMENT ON TABLE link_override IS 'One row a link that `overrides.toml` decides, as last applied; also of documents that are not held.';
COMMENT ON COLUMN link_override.doc_type IS '`trial` or `article`.';
COMMENT ON COLUMN link_override.doc_id IS 'NCT number or PMID.';
COMMENT ON COLUMN link_override.target IS '`target.target`.';
COMMENT ON COLUMN link_override.verdict IS '`force`, `deny`.';
COMMENT ON COLUMN link_override.reason IS 'The user''s own words.';

COMMENT ON TABLE link_move IS 'One row a link between a document and a target that came or went after the document''s first. Only what a revised record brought is news; the rest is counted in the letter.';
COMMENT ON COLUMN link_move.doc_type IS '`trial` or `article`.';
COMMENT ON COLUMN link_move.doc_id IS 'NCT number or PMID.';
COMMENT ON COLUMN link_move.target IS '`target.target`.';
COMMENT ON COLUMN link_move.move IS '`gained`, `lost`.';
COMMENT ON COLUMN link_move.cause IS '`record`: its text was revised. `vocabulary`, `rules` (of a newer release), `override`: what is known of it.';
COMMENT ON COLUMN link_move.basis IS 'Of the link that came, or that went.';
COMMENT ON COLUMN link_move.mentions IS 'Likewise.';
COMMENT ON COLUMN link_move.vocabulary_version IS 'The one in use.';
COMMENT ON COLUMN link_move.observed_at IS 'The run that first saw it.';
COMMENT ON COLUMN link_move.run_id IS 'The run that wrote the row: `run.run_id`.';
