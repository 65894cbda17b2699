-- Why a record is here

COMMENT ON TABLE watch_item IS 'One row an item of the watchlist. One taken out stays, inactive, with its history.';
COMMENT ON COLUMN watch_item.item IS '`trial:NCT…`, `agent:relatlimab`, `target:LAG-3`, `article:36939275`.';
COMMENT ON COLUMN watch_item.kind IS '`trial`, `agent`, `target`, `article`.';
COMMENT ON COLUMN watch_item.name IS 'Its name in the vocabulary, or the number.';
COMMENT ON COLUMN watch_item.condition IS 'What narrows it; empty where nothing does.';
COMMENT ON COLUMN watch_item.terms IS 'The names it is searched by; of a trial or article its number.';
COMMENT ON COLUMN watch_item.is_active IS 'It stands in the watchlist now.';
COMMENT ON COLUMN watch_item.added_at IS 'The clock of the first run that saw it on the list.';
COMMENT ON COLUMN watch_item.removed_at IS 'The run that found it gone from the list; `NULL` while it stands there.';

COMMENT ON TABLE watch_match IS 'One row an item and record it ever found. A trial found once is read by number from then on.';
COMMENT ON COLUMN watch_match.source IS '`clinicaltrials` or `pubmed`.';
COMMENT ON COLUMN watch_match.item IS 'The item: `watch_item.item`.';
COMMENT ON COLUMN watch_match.record IS 'An NCT number or a PMID.';
COMMENT ON COLUMN watch_match.field IS 'Where the name was found: `briefTitle`, `interventions[0].name`, `nctIdAliases`, `databank` … Of a paper that is here for a trial which the item tracks, who ties the two, as in `trial_article`: `databank`, `abstract`, `registry`. By an import also a path in the record (`protocolSection.referencesModule.references[0].citation`). `NULL`: no name of ours stands there; the source''s own expansion of the search found it.';
COMMENT ON COLUMN watch_match.synonym IS 'The name or the trial''s number found; `NULL` likewise.';
COMMENT ON COLUMN watch_match.first_matched_at IS 'The run that found it first.';
COMMENT ON COLUMN watch_match.last_matched_day IS 'The last source day on which the item found it.';
COMMENT ON COLUMN watch_match.left_at IS 'When a complete answer first lacked it; `NULL` again once it is found again.';

COMMENT ON TABLE watch_event IS 'One row a thing that happened between the watchlist and a record.';
COMMENT ON COLUMN watch_event.source IS '`clinicaltrials` or `pubmed`.';
COMMENT ON COLUMN watch_event.item IS '`NULL` where it concerns no single item.';
COMMENT ON COLUMN watch_event.record IS 'NCT number or PMID.';
COMMENT ON COLUMN watch_event.kind IS '`matched`; `left_query`: a proved search finds it no more, and it stays tracked by number, unless `detail` is `stray`: found on one source day alone, by no name in its text, it never matched; `missing`, `gone`, `reopened`; `alias`: a number watched or held answers with another record (`detail`: its number; its own, where it answers for itself again).';
COMMENT ON COLUMN watch_event.source_day IS 'The source day that showed it.';
COMMENT ON COLUMN watch_event.detail IS 'What else there is to say of it.';
COMMENT ON COLUMN watch_event.observed_at IS 'The run that first saw it.';
COMMENT ON COLUMN watch_event.run_id IS 'The run that wrote the row: `run.run_id`.';

COMMENT ON TABLE watch_edit IS 'One row an item that `trialwatch watch` added to the watchlist or took out of it. Edits by hand leave no row here; `watch_item` has the first run that saw them. What is edited before the first run is published with that run.';
COMMENT ON COLUMN watch_edit.edited_at IS 'When, or `--clock`.';
COMMENT ON COLUMN watch_edit.action IS '`add`, `remove`.';
COMMENT ON COLUMN watch_edit.item IS 'As in `watch_item`.';
COMMENT ON COLUMN watch_edit.condition IS 'What narrows it, or did; empty where nothing does.';

COMMENT ON TABLE source_check IS 'One row an item, source and run: how complete the reading was. Nothing is concluded from one that is not proved.';
COMMENT ON COLUMN source_check.run_id IS 'The run that wrote the row: `run.run_id`.';
COMMENT ON COLUMN source_check.source IS '`clinicaltrials` or `pubmed`.';
COMMENT ON COLUMN source_check.item IS 'As in `watch_item`; `tracked` is the reading by number of everything ever found, at PubMed the search for papers that declare those trials; `cited` the papers that those trials cite. Both have a row only where there is something to ask. `registry` is the reading of every study, with `[watch] everything`; `registry_range` that of the studies updated since a day, with `everything = "range"`, which proves what came and no absence.';
COMMENT ON COLUMN source_check.query_hash IS 'Which question was asked; another hash is another question.';
COMMENT ON COLUMN source_check.source_day IS '`NULL` where the source was not read.';
COMMENT ON COLUMN source_check.outcome IS '`proved`, `unproved`, `failed`, `same_day` (proved before for this source day, not asked again).';
COMMENT ON COLUMN source_check.expected IS 'Records the source announced. Trials asked of PubMed in one batch carry the batch''s numbers.';
COMMENT ON COLUMN source_check.received IS 'Records that came.';
COMMENT ON COLUMN source_check.reason IS 'Why it is not proved.';
COMMENT ON COLUMN source_check.checked_at IS 'The clock of the run.';
