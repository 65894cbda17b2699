-- Runs

COMMENT ON TABLE run IS 'One row a job run.';
COMMENT ON COLUMN run.run_id IS 'From 1, in order.';
COMMENT ON COLUMN run.job IS '`nightly`, `weekly`, `delivery` (what waited, or was settled by hand), `backfill` or `import`.';
COMMENT ON COLUMN run.period IS 'The day, the ISO week, or the span of a letter.';
COMMENT ON COLUMN run.clock_at IS 'The run''s one instant.';
COMMENT ON COLUMN run.status IS '`running`, `done`, `failed` (a source or step failed; the rest is published), `interrupted` (cut off; said by the next run).';
COMMENT ON COLUMN run.exit_code IS '0 done, 1 a source or the job failed, 2 usage or configuration; `NULL` while it runs.';
COMMENT ON COLUMN run.seconds IS 'How long it took.';
COMMENT ON COLUMN run.vocabulary_version IS 'The vocabulary in use.';
COMMENT ON COLUMN run.software_version IS 'The release of the program.';
COMMENT ON COLUMN run.message IS 'What failed.';

COMMENT ON TABLE run_period IS 'One row a night or week of the `[schedule]`, by whichever command it was done. What is not here is due: `trialwatch serve` looks, and so does `trialwatch status`.';
COMMENT ON COLUMN run_period.job IS '`nightly` or `weekly`.';
COMMENT ON COLUMN run_period.period IS 'The day it was due, in the zone of the schedule; of a weekly one the ISO week it tells of.';
COMMENT ON COLUMN run_period.due_at IS 'When it was due.';
COMMENT ON COLUMN run_period.status IS '`done`: by its own run. `covered_by`: missed, and made good by the run of a later one. A night on which a source failed is not done; the next whole one covers it. A week is done when its letter is written down for everyone, though its run failed because somebody''s server did not take it: that is offered again by itself.';
COMMENT ON COLUMN run_period.run_id IS 'The run that did or covers it: `run.run_id`.';
COMMENT ON COLUMN run_period.done_at IS 'The clock of that run.';

COMMENT ON TABLE run_step IS 'One row a step of a run: a source, `link`, `review`, `alerts`, `digest`, or `delivery`.';
COMMENT ON COLUMN run_step.run_id IS 'The run that wrote the row: `run.run_id`.';
COMMENT ON COLUMN run_step.step_no IS 'Its place in the run.';
COMMENT ON COLUMN run_step.step IS 'Its name.';
COMMENT ON COLUMN run_step.status IS '`done` or `failed`; `skipped` is reserved. A failed step changed nothing but the ledger.';
COMMENT ON COLUMN run_step.seconds IS 'How long it took.';
COMMENT ON COLUMN run_step.summary IS 'As shown on the terminal.';
COMMENT ON COLUMN run_step.message IS 'Why it failed.';

COMMENT ON TABLE issue IS 'One row a thing that went wrong with a record, item or source.';
COMMENT ON COLUMN issue.run_id IS 'The run that wrote the row: `run.run_id`.';
COMMENT ON COLUMN issue.severity IS '`error`, `warning`, `info`.';
COMMENT ON COLUMN issue.source IS 'The source, or the step.';
COMMENT ON COLUMN issue.record IS 'The record or item.';
COMMENT ON COLUMN issue.path IS 'The place inside the record.';
COMMENT ON COLUMN issue.message IS 'What went wrong.';
COMMENT ON COLUMN issue.observed_at IS 'The run that first saw it.';

COMMENT ON TABLE schema_drift IS 'One row a thing that the registry serves without documenting it, or documents and serves no more. The first sight of each makes one warning in `issue`; after that it is only counted. Nothing is lost by it: `trial_version.payload` keeps all that came. What is documented stands in `models/registry_fields.toml`, with a few fields known to be served besides.';
COMMENT ON COLUMN schema_drift.source IS '`clinicaltrials`.';
COMMENT ON COLUMN schema_drift.kind IS '`section`: an unknown top-level part of a record. `field`: an unknown field in a known one. `value`: a value outside a closed list (a status, a phase, a type …), or a value of another shape. `vanished`: a field that at least three records lost in one night and that no record still read holds.';
COMMENT ON COLUMN schema_drift.path IS 'Dotted, without list places; of an unknown or vanished branch the highest path. After twenty names in one place one row, ending in `.*`, stands for all further ones.';
COMMENT ON COLUMN schema_drift.value IS 'Of kind `value`: the value, cut at 200 characters, or the shape met where another belongs (`<string>`, `<number>`, `<boolean>`, `<array>`); `*` for all further ones after twenty. Else `NULL`.';
COMMENT ON COLUMN schema_drift.first_seen_at IS 'The run that saw it first.';
COMMENT ON COLUMN schema_drift.last_seen_at IS 'When a record that came anew last showed it.';
COMMENT ON COLUMN schema_drift.ended_at IS 'When a vanished field came back; if it goes again, that is another row.';
COMMENT ON COLUMN schema_drift.count IS 'Records it was ever met in; of a vanished field, records that lost it.';
COMMENT ON COLUMN schema_drift.example_record IS 'The first such record.';
COMMENT ON COLUMN schema_drift.example_path IS 'The place in it, with list places: `a.b[3].c`. Of a vanished field, where it stood.';
COMMENT ON COLUMN schema_drift.run_id IS 'The run of the first sight.';

COMMENT ON TABLE digest IS 'One row a letter written, each time it is written.';
COMMENT ON COLUMN digest.period IS '`2026-W07`, or the span.';
COMMENT ON COLUMN digest.since_at IS 'Inside the span.';
COMMENT ON COLUMN digest.until_at IS 'Outside it.';
COMMENT ON COLUMN digest.path IS 'Its file name in `digests/`.';
COMMENT ON COLUMN digest.content_hash IS 'Of the letter''s facts: the same letter has the same.';
COMMENT ON COLUMN digest.written_at IS 'When.';
COMMENT ON COLUMN digest.run_id IS 'The run that wrote the row: `run.run_id`.';

COMMENT ON TABLE recipient IS 'One row a recipient of the settings, and each time it was put there.';
COMMENT ON COLUMN recipient.recipient IS 'The mail address in lower case; `webhook` for the webhook.';
COMMENT ON COLUMN recipient.channel IS '`mail` or `webhook`.';
COMMENT ON COLUMN recipient.starts_at IS 'Letters tell it of nothing earlier, but for the one it was put there for.';
COMMENT ON COLUMN recipient.first_seen_at IS 'The first run that found it in the settings.';
COMMENT ON COLUMN recipient.left_at IS 'The first run that found it there no more. `NULL`: it is there.';

COMMENT ON TABLE delivery IS 'One row a message to one recipient: a letter, or an alert. Every line ever sent to whom: `SELECT d.*, f.fact FROM delivery AS d JOIN delivery_fact AS f USING (delivery_id)`.';
COMMENT ON COLUMN delivery.delivery_id IS 'The same for the same kind, period and recipient; the Message-ID is made of it.';
COMMENT ON COLUMN delivery.recipient IS 'As in `recipient`; or an address that was named on the command line alone.';
COMMENT ON COLUMN delivery.channel IS '`mail` or `webhook`.';
COMMENT ON COLUMN delivery.kind IS '`letter` or `alert`.';
COMMENT ON COLUMN delivery.period IS '`2026-W07`, a span of weeks or days; of an alert the instant of its night.';
COMMENT ON COLUMN delivery.since_at IS 'Inside the span it tells of.';
COMMENT ON COLUMN delivery.until_at IS 'Outside it.';
COMMENT ON COLUMN delivery.subject IS 'Its subject line.';
COMMENT ON COLUMN delivery.message_id IS 'The mail''s own Message-ID.';
COMMENT ON COLUMN delivery.content_hash IS 'BLAKE2b of the bytes that are sent.';
COMMENT ON COLUMN delivery.state IS '`planned`: not sent yet. `sending`: being handed over; what a crash left so becomes `doubt`. `sent`: taken by the server. `refused`: not taken. `doubt`: nobody knows; never sent again unasked. `dropped`: never sent, a later letter tells it, or its recipient left.';
COMMENT ON COLUMN delivery.is_permanent IS 'Of a refused one: it is not tried again.';
COMMENT ON COLUMN delivery.tries IS 'How often it was offered.';
COMMENT ON COLUMN delivery.next_try_at IS 'From when it is offered again; `NULL`: it is not, or at once.';
COMMENT ON COLUMN delivery.answer IS 'What the server said last, or how the connection ended.';
COMMENT ON COLUMN delivery.planned_at IS 'When it was decided on.';
COMMENT ON COLUMN delivery.moved_at IS 'When it came into its state.';
COMMENT ON COLUMN delivery.run_id IS 'The run that last moved it.';

COMMENT ON TABLE delivery_fact IS 'One row a fact that a message tells in full. Told are those of messages that are `sent` or in `doubt`.';
COMMENT ON COLUMN delivery_fact.delivery_id IS 'The message: `delivery.delivery_id`.';
COMMENT ON COLUMN delivery_fact.recipient IS 'Whom: `recipient.recipient`.';
COMMENT ON COLUMN delivery_fact.fact IS '`change:` and the id of a `trial_change`; `trial:` and the number of a new trial; `paper:` with PMID, kind, related PMID and detail of an `article_event`; `older:` for a trial''s history learnt late, as counts.';
COMMENT ON COLUMN delivery_fact.record IS 'The NCT number or PMID it is about.';

COMMENT ON TABLE link_basis IS 'One row a step that judges papers (`candidate`, `rank`). Where its basis has moved, all papers are judged anew, else those alone that are new or changed.';
COMMENT ON COLUMN link_basis.step IS '`candidate` or `rank`.';
COMMENT ON COLUMN link_basis.basis IS 'A hash of the rules, and of what of the trials they look at.';
COMMENT ON COLUMN link_basis.applied_at IS 'When.';

COMMENT ON TABLE compaction IS 'One row a rewriting of the file in the order of its keys, which happens when it has doubled.';
COMMENT ON COLUMN compaction.compacted_at IS 'When.';
COMMENT ON COLUMN compaction.bytes IS 'The size of the file then; the first row is what it began with.';

COMMENT ON TABLE import_file IS 'One row a file of PubMed that was read whole, as it was when last read. Given again unchanged, it is passed over.';
COMMENT ON COLUMN import_file.name IS 'The file''s name without its folder.';
COMMENT ON COLUMN import_file.series_year IS 'Of `pubmed26n0001`: 26. `NULL` where the name is none of NLM''s.';
COMMENT ON COLUMN import_file.series_no IS 'Of `pubmed26n0001`: 1. Within a year a higher number is newer.';
COMMENT ON COLUMN import_file.size IS 'In bytes.';
COMMENT ON COLUMN import_file.md5 IS 'Of the file as read.';
COMMENT ON COLUMN import_file.question IS 'Hash of what was looked for; where the watchlist asks something else, the file is read anew.';
COMMENT ON COLUMN import_file.citations IS 'How many it holds, repeated PMIDs counted as often.';
COMMENT ON COLUMN import_file.taken IS 'How many of them were watched or held.';
COMMENT ON COLUMN import_file.deleted IS 'How many papers held it took out.';
COMMENT ON COLUMN import_file.load_no IS 'The order in which files were read.';
COMMENT ON COLUMN import_file.loaded_at IS 'The run that loaded it.';
COMMENT ON COLUMN import_file.run_id IS 'The run that wrote the row: `run.run_id`.';

COMMENT ON TABLE article_import IS 'One row a paper that a file of PubMed brought or took out, also one never held: what the newest file says stands.';
COMMENT ON COLUMN article_import.pmid IS 'The paper''s number.';
COMMENT ON COLUMN article_import.series_year IS 'Of the newest file of NLM''s that spoke of it.';
COMMENT ON COLUMN article_import.series_no IS 'Likewise.';
COMMENT ON COLUMN article_import.is_deleted IS 'Whether that file took it out.';

COMMENT ON TABLE schema_version IS 'One row a migration that was applied.';
COMMENT ON COLUMN schema_version.version IS 'Its number.';
COMMENT ON COLUMN schema_version.name IS 'Of its file.';
COMMENT ON COLUMN schema_version.sha256 IS 'Of the migration''s text.';
COMMENT ON COLUMN schema_version.applied_at IS 'When.';
