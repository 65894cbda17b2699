-- Trials

COMMENT ON VIEW trial IS 'One row a trial ever served: its newest state in source order, and how it stands in the registry.';
COMMENT ON COLUMN trial.nct_id IS 'The registry''s number, the canonical one where a watched number is an alias.';
COMMENT ON COLUMN trial.brief_title IS 'As registered.';
COMMENT ON COLUMN trial.official_title IS 'As registered.';
COMMENT ON COLUMN trial.acronym IS 'As the record gives it.';
COMMENT ON COLUMN trial.overall_status IS 'One of the registry''s 14 statuses.';
COMMENT ON COLUMN trial.last_known_status IS 'What the sponsor last said, where the registry set UNKNOWN.';
COMMENT ON COLUMN trial.why_stopped IS 'The reason in the record, in the sponsor''s words.';
COMMENT ON COLUMN trial.study_type IS 'INTERVENTIONAL, OBSERVATIONAL, EXPANDED_ACCESS.';
COMMENT ON COLUMN trial.phases IS '`PHASE1`, `PHASE2` …; empty on observational studies.';
COMMENT ON COLUMN trial.enrollment IS 'Participants.';
COMMENT ON COLUMN trial.enrollment_type IS 'ACTUAL or ESTIMATED.';
COMMENT ON COLUMN trial.start_date IS 'First day the stated date allows.';
COMMENT ON COLUMN trial.start_date_precision IS '`day`, `month`, `year`.';
COMMENT ON COLUMN trial.start_date_type IS 'ACTUAL or ESTIMATED.';
COMMENT ON COLUMN trial.primary_completion_date IS 'As `start_date`.';
COMMENT ON COLUMN trial.primary_completion_date_precision IS 'As of `start_date`.';
COMMENT ON COLUMN trial.primary_completion_date_type IS 'As of `start_date`.';
COMMENT ON COLUMN trial.completion_date IS 'As `start_date`.';
COMMENT ON COLUMN trial.completion_date_precision IS 'As of `start_date`.';
COMMENT ON COLUMN trial.completion_date_type IS 'As of `start_date`.';
COMMENT ON COLUMN trial.first_post_date IS 'First public.';
COMMENT ON COLUMN trial.last_update_submit_date IS 'The sponsor''s last submission.';
COMMENT ON COLUMN trial.last_update_post_date IS 'The day it became public.';
COMMENT ON COLUMN trial.results_first_post_date IS 'When results were first public.';
COMMENT ON COLUMN trial.has_results IS 'Results are posted in the registry.';
COMMENT ON COLUMN trial.lead_sponsor IS 'Its name.';
COMMENT ON COLUMN trial.lead_sponsor_class IS 'INDUSTRY, NIH, OTHER …';
COMMENT ON COLUMN trial.collaborators IS 'Names, in the record''s order.';
COMMENT ON COLUMN trial.conditions IS 'In the sponsor''s words.';
COMMENT ON COLUMN trial.interventions IS 'Their names.';
COMMENT ON COLUMN trial.countries IS 'Of its sites, sorted, each once.';
COMMENT ON COLUMN trial.site_count IS 'How many sites the record lists.';
COMMENT ON COLUMN trial.registry_state IS '`listed`, `missing` (absence suspected), `gone` (proved on several source days).';
COMMENT ON COLUMN trial.first_seen_at IS 'First served to us.';
COMMENT ON COLUMN trial.last_checked_at IS 'Last looked at, changed or not.';
COMMENT ON COLUMN trial.url IS 'Its page for people.';

COMMENT ON VIEW new_trial IS 'One row a trial that a reader would call new: first posted at most 14 days before the item that found it was first proved, or later. The rest of a first night is the baseline.';
COMMENT ON COLUMN new_trial.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN new_trial.first_post_date IS 'When it was first public.';
COMMENT ON COLUMN new_trial.first_seen_at IS 'The run that saw it first.';

COMMENT ON VIEW trial_change IS 'One row a typed change between neighbouring versions, as it stands now. Kinds and actions.';
COMMENT ON COLUMN trial_change.change_id IS 'A hash of what the row says: the same fact has the same id in a replay.';
COMMENT ON COLUMN trial_change.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_change.kind IS 'What moved.';
COMMENT ON COLUMN trial_change.action IS 'What happened to it.';
COMMENT ON COLUMN trial_change.field IS 'The path in the registry''s record.';
COMMENT ON COLUMN trial_change.item IS 'Which of several of a kind: an arm''s label, a measure, a country, a PMID; empty where there is but one.';
COMMENT ON COLUMN trial_change.old_value IS 'As the source wrote it.';
COMMENT ON COLUMN trial_change.new_value IS 'As the source writes it now.';
COMMENT ON COLUMN trial_change.detail IS 'What the kind adds: `detail ->> ''signed_days''`.';
COMMENT ON COLUMN trial_change.weight IS '`top`, `high`, `medium`, `low`.';
COMMENT ON COLUMN trial_change.source_submit_date IS '`NULL` where the submit date did not move.';
COMMENT ON COLUMN trial_change.source_post_date IS 'Likewise.';
COMMENT ON COLUMN trial_change.source_day IS 'The release in which it was first served.';
COMMENT ON COLUMN trial_change.observed_at IS 'First seen here.';
COMMENT ON COLUMN trial_change.origin IS '`live`, `gap`, `backfill`, `import`.';
COMMENT ON COLUMN trial_change.run_id IS 'The run that wrote the row: `run.run_id`.';
COMMENT ON COLUMN trial_change.from_version_id IS 'The version before; `NULL` for `registry_state`, and for an `identity` that was told by how a number answers.';
COMMENT ON COLUMN trial_change.to_version_id IS 'The version after; likewise.';
COMMENT ON COLUMN trial_change.recorded_at IS 'When this row was written: later than `observed_at` where it says again what a superseded row had said.';

COMMENT ON VIEW trial_status_change IS 'One row a status change: the `status` rows of `trial_change` in plain columns.';
COMMENT ON COLUMN trial_status_change.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_status_change.old_status IS 'Before.';
COMMENT ON COLUMN trial_status_change.new_status IS 'After.';
COMMENT ON COLUMN trial_status_change.transition IS 'The class of the move.';
COMMENT ON COLUMN trial_status_change.why_stopped IS 'The reason in the record when it moved.';
COMMENT ON COLUMN trial_status_change.source_submit_date IS 'The day the sponsor submitted it.';
COMMENT ON COLUMN trial_status_change.source_post_date IS 'The day it became public.';
COMMENT ON COLUMN trial_status_change.observed_at IS 'The run that first saw it.';
COMMENT ON COLUMN trial_status_change.origin IS 'How it was learnt.';
COMMENT ON COLUMN trial_status_change.run_id IS 'The run that wrote the row: `run.run_id`.';
COMMENT ON COLUMN trial_status_change.source_day IS 'The source day that showed it.';
COMMENT ON COLUMN trial_status_change.change_id IS 'The row of `trial_change`.';

COMMENT ON VIEW trial_status_history IS 'One row a spell of one status, half-open.';
COMMENT ON COLUMN trial_status_history.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_status_history.status IS 'The status of the spell.';
COMMENT ON COLUMN trial_status_history.valid_from IS 'First day of the spell, in source time.';
COMMENT ON COLUMN trial_status_history.valid_to IS 'First day of the next one; `NULL`: it is the current one.';
COMMENT ON COLUMN trial_status_history.valid_from_basis IS '`submit` or `served`; `post` is reserved.';
COMMENT ON COLUMN trial_status_history.is_start_known IS 'False where the spell began before the first version held.';

COMMENT ON VIEW trial_version IS 'One row a version of a trial''s record, numbered in source order.';
COMMENT ON COLUMN trial_version.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_version.version_no IS 'From 1, in source order; it may shift when an older version is learnt. `version_id` never does.';
COMMENT ON COLUMN trial_version.content_hash IS 'Of the content without noise. Not unique: a state may return (A, B, A). `raw:` and the hash of the bytes without their stamp, of an imported trial''s only version, until another state comes.';
COMMENT ON COLUMN trial_version.origin IS 'How it was learnt.';
COMMENT ON COLUMN trial_version.source_submit_date IS 'The day the sponsor submitted it.';
COMMENT ON COLUMN trial_version.source_post_date IS 'The day it became public.';
COMMENT ON COLUMN trial_version.source_day IS 'The release that first served it.';
COMMENT ON COLUMN trial_version.first_seen_at IS 'The run that saw it first.';
COMMENT ON COLUMN trial_version.run_id IS 'The run that wrote the row: `run.run_id`.';
COMMENT ON COLUMN trial_version.overall_status IS 'At this version.';
COMMENT ON COLUMN trial_version.payload IS 'The record as received.';
COMMENT ON COLUMN trial_version.version_id IS 'The version''s own id: a hash of what makes it one.';
COMMENT ON COLUMN trial_version.markup IS 'How the payload writes text: `markdown` (API v2) or `html` (the record history).';
COMMENT ON COLUMN trial_version.registry_version IS 'Its number in the registry''s record history; `NULL` where that was not read.';
COMMENT ON COLUMN trial_version.is_sighting IS 'Whether it was the newest state when it came.';

COMMENT ON VIEW trial_version_from IS 'One row a version with the day from which it holds in source time.';
COMMENT ON COLUMN trial_version_from.nct_id IS 'These columns as in `trial_version`.';
COMMENT ON COLUMN trial_version_from.version_no IS 'As in `trial_version`.';
COMMENT ON COLUMN trial_version_from.content_hash IS 'As in `trial_version`.';
COMMENT ON COLUMN trial_version_from.origin IS 'How it was learnt.';
COMMENT ON COLUMN trial_version_from.source_submit_date IS 'The day the sponsor submitted it.';
COMMENT ON COLUMN trial_version_from.source_post_date IS 'The day it became public.';
COMMENT ON COLUMN trial_version_from.source_day IS 'The source day that showed it.';
COMMENT ON COLUMN trial_version_from.first_seen_at IS 'The run that saw it first.';
COMMENT ON COLUMN trial_version_from.run_id IS 'The run that wrote the row: `run.run_id`.';
COMMENT ON COLUMN trial_version_from.overall_status IS 'At this version.';
COMMENT ON COLUMN trial_version_from.payload IS 'As in `trial_version`.';
COMMENT ON COLUMN trial_version_from.version_id IS 'The version''s own id: a hash of what makes it one.';
COMMENT ON COLUMN trial_version_from.markup IS 'As in `trial_version`.';
COMMENT ON COLUMN trial_version_from.registry_version IS 'As in `trial_version`.';
COMMENT ON COLUMN trial_version_from.is_sighting IS 'As in `trial_version`.';
COMMENT ON COLUMN trial_version_from.valid_from_basis IS '`submit` or `served`, as in `trial_status_history`.';
COMMENT ON COLUMN trial_version_from.valid_from IS 'Never before that of the version before it.';

COMMENT ON VIEW trial_edit IS 'One row a pair of neighbouring versions that differ in administrative fields, which no change tells.';
COMMENT ON COLUMN trial_edit.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_edit.from_version_id IS 'The older version: `trial_version.version_id`.';
COMMENT ON COLUMN trial_edit.to_version_id IS 'The newer version.';
COMMENT ON COLUMN trial_edit.paths IS 'The dotted paths of the fields, each once.';

COMMENT ON VIEW trial_registry_lag IS 'One row a date that became actual: how long it took to be said.';
COMMENT ON COLUMN trial_registry_lag.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_registry_lag.kind IS '`start_date`, `primary_completion_date`, `completion_date`.';
COMMENT ON COLUMN trial_registry_lag.actual_date IS 'The last day that the stated date allows.';
COMMENT ON COLUMN trial_registry_lag.source_submit_date IS 'The day the sponsor submitted it.';
COMMENT ON COLUMN trial_registry_lag.source_post_date IS 'The day it became public.';
COMMENT ON COLUMN trial_registry_lag.observed_at IS 'The run that first saw it.';
COMMENT ON COLUMN trial_registry_lag.days_to_submit IS 'From the actual date to the submission that says so; negative where it was said ahead.';
COMMENT ON COLUMN trial_registry_lag.days_to_post IS 'From the actual date to the day it was public.';
COMMENT ON COLUMN trial_registry_lag.change_id IS 'The row of `trial_change`.';

COMMENT ON TABLE history_check IS 'One row a trial whose record history was read.';
COMMENT ON COLUMN history_check.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN history_check.checked_at IS 'The clock of the run.';
COMMENT ON COLUMN history_check.outcome IS '`whole`: all that can hold a change was read, from `since_date` on. `partial`: some versions could not be read and are asked for again. `gap`: only what lies between sightings. `none`: the registry has no history of it.';
COMMENT ON COLUMN history_check.known_to IS 'Submit date of the newest version held then.';
COMMENT ON COLUMN history_check.since_date IS 'No further back than this day was asked for; `NULL`: everything.';
COMMENT ON COLUMN history_check.versions IS 'How many the registry lists.';
COMMENT ON COLUMN history_check.run_id IS 'The run that wrote the row: `run.run_id`.';

COMMENT ON TABLE trial_arm IS 'One row an arm or group of a trial''s newest record.

The tables from here to `trial_result_analysis` are a trial''s **children**: the lists of its newest record, replaced whole when that changes. Each row has a key, unique within the trial, that is a hash of what says which item it is. So it stays when the registry reorders a list or the sponsor edits the rest of the item; of items alike in that, the second and further end in `-2`, `-3`. Texts stand without markup. What changed in them is in `trial_change`.';
COMMENT ON COLUMN trial_arm.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_arm.arm_key IS 'Of the label.';
COMMENT ON COLUMN trial_arm.label IS 'Its name in the record.';
COMMENT ON COLUMN trial_arm.arm_type IS 'EXPERIMENTAL, ACTIVE_COMPARATOR, PLACEBO_COMPARATOR, SHAM_COMPARATOR, NO_INTERVENTION, OTHER; `NULL` for groups of observational studies.';
COMMENT ON COLUMN trial_arm.description IS 'In the record''s words.';
COMMENT ON COLUMN trial_arm.intervention_names IS 'As the registry writes them here, with the type: `Drug: Pembrolizumab`. To join, use `trial_intervention.arm_labels`.';

COMMENT ON TABLE trial_intervention IS 'One row an intervention of a trial''s newest record.';
COMMENT ON COLUMN trial_intervention.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_intervention.intervention_key IS 'Of type and name.';
COMMENT ON COLUMN trial_intervention.intervention_type IS 'DRUG, BIOLOGICAL, DEVICE, PROCEDURE, RADIATION …';
COMMENT ON COLUMN trial_intervention.name IS 'As registered.';
COMMENT ON COLUMN trial_intervention.other_names IS 'Sorted.';
COMMENT ON COLUMN trial_intervention.description IS 'In the record''s words.';
COMMENT ON COLUMN trial_intervention.arm_labels IS 'The `trial_arm.label` of the arms it is given in, sorted.';

COMMENT ON TABLE trial_outcome IS 'One row an outcome that a trial''s newest record registers.';
COMMENT ON COLUMN trial_outcome.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_outcome.outcome_key IS 'Of type, measure and time frame.';
COMMENT ON COLUMN trial_outcome.outcome_type IS '`primary`, `secondary`, `other`.';
COMMENT ON COLUMN trial_outcome.measure IS 'What is measured, as registered.';
COMMENT ON COLUMN trial_outcome.time_frame IS 'When it is measured, as registered.';
COMMENT ON COLUMN trial_outcome.description IS 'In the record''s words.';

COMMENT ON TABLE trial_site IS 'One row a site of a trial''s newest record. Persons are left out.';
COMMENT ON COLUMN trial_site.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_site.site_key IS 'Of facility, city, state, zip and country.';
COMMENT ON COLUMN trial_site.facility IS 'As posted.';
COMMENT ON COLUMN trial_site.city IS 'As posted.';
COMMENT ON COLUMN trial_site.state IS 'As posted.';
COMMENT ON COLUMN trial_site.zip IS 'As posted.';
COMMENT ON COLUMN trial_site.country IS 'As posted.';
COMMENT ON COLUMN trial_site.status IS 'The site''s own recruitment status, where the record gives one.';
COMMENT ON COLUMN trial_site.latitude IS 'Degrees north; of the place, not of the building.';
COMMENT ON COLUMN trial_site.longitude IS 'Degrees east, likewise.';

COMMENT ON TABLE trial_secondary_id IS 'One row another number of a trial: its sponsor''s own, those of other registries and funders, NCT numbers it once had. An entry that names two numbers makes two rows.

Schemes: `eudract` (`2015-001234-56`) · `ctis` (`2023-501234-12-00`; without the last part where it was not given) · `utn` (WHO, `U1111-1234-5678`) · `nct` · `nci` (`NCI-2022-01234`) · `nih` (grants by activity, institute and serial number, `R01CA123456`) · `isrctn` · `jrct` · `japiccti` · `jma` · `umin` · `chictr` · `chinadrugtrials` (`CTR…`) · `itmctr` · `ctri` · `kct` · `actrn` · `drks` · `irct` · `pactr` · `slctr` · `tctr` · `rpcec` · `rebec` · `repec` · `lbctr` · `ntr` · `omon` · `ccmo` · `snctp` · `idrcb` · `iras` · `caae` · `eupas`.';
COMMENT ON COLUMN trial_secondary_id.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_secondary_id.secondary_id_key IS 'Of place, scheme, id, type and domain.';
COMMENT ON COLUMN trial_secondary_id.scheme IS 'Whose form the number has, whatever the entry calls itself (below); `org_study_id` and `other` where it has none known.';
COMMENT ON COLUMN trial_secondary_id.id IS 'The number as its scheme writes it: `2015-001234-56`. Of `org_study_id` and `other` the text as entered.';
COMMENT ON COLUMN trial_secondary_id.id_text IS 'As entered: `EudraCT: 2015-001234-56`.';
COMMENT ON COLUMN trial_secondary_id.place IS '`organization` (the sponsor''s own number), `secondary`, `alias`.';
COMMENT ON COLUMN trial_secondary_id.id_type IS 'The registry''s word: EUDRACT_NUMBER, CTIS, REGISTRY, NIH, OTHER …';
COMMENT ON COLUMN trial_secondary_id.domain IS 'Whose number it is, in the sponsor''s words.';
COMMENT ON COLUMN trial_secondary_id.link IS 'Where that registry shows it.';

COMMENT ON TABLE trial_reference IS 'One row a paper that a trial''s newest record cites.';
COMMENT ON COLUMN trial_reference.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_reference.reference_key IS 'Of the PMID, or of the citation where there is none.';
COMMENT ON COLUMN trial_reference.pmid IS '`NULL` where only a citation is given. Unique within the trial.';
COMMENT ON COLUMN trial_reference.reference_type IS 'RESULT, DERIVED or BACKGROUND; the strongest where it is cited twice.';
COMMENT ON COLUMN trial_reference.citation IS 'As the record words it.';
COMMENT ON COLUMN trial_reference.retractions IS 'The notices that retract the paper, as the registry knows them; mostly empty.';

COMMENT ON TABLE trial_result IS 'One row a value that an arm is posted with for a primary outcome, by class and category. An arm with no value posted for an outcome has one row for it, its `value` `NULL`; `population` mostly says why.';
COMMENT ON COLUMN trial_result.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_result.result_key IS 'Of outcome, arm, class and category.';
COMMENT ON COLUMN trial_result.outcome_key IS 'Equal to that of `trial_outcome` where the outcome was posted in the words it is registered in.';
COMMENT ON COLUMN trial_result.measure IS 'What is measured, as registered.';
COMMENT ON COLUMN trial_result.time_frame IS 'When it is measured, as registered.';
COMMENT ON COLUMN trial_result.arm_title IS 'As in the results; not tied to `trial_arm.label` by the registry.';
COMMENT ON COLUMN trial_result.class_title IS 'What divides the outcome: often time points or subgroups.';
COMMENT ON COLUMN trial_result.category_title IS 'What divides a class: often the answers counted.';
COMMENT ON COLUMN trial_result.param_type IS 'What the value is: MEDIAN, MEAN, LEAST_SQUARES_MEAN, COUNT_OF_PARTICIPANTS, NUMBER …';
COMMENT ON COLUMN trial_result.unit IS 'As posted.';
COMMENT ON COLUMN trial_result.value IS 'As posted; `NA` where it could not be had, and then `comment` says why.';
COMMENT ON COLUMN trial_result.value_number IS 'The same as a number, `NULL` where the text is none. So for the next three pairs.';
COMMENT ON COLUMN trial_result.dispersion_type IS 'What spread, or lower and upper limit, are: `Standard Deviation`, `95% Confidence Interval` …';
COMMENT ON COLUMN trial_result.spread IS 'As posted.';
COMMENT ON COLUMN trial_result.spread_number IS 'The same, where it is a number.';
COMMENT ON COLUMN trial_result.lower_limit IS 'As posted.';
COMMENT ON COLUMN trial_result.lower_limit_number IS 'The same, where it is a number.';
COMMENT ON COLUMN trial_result.upper_limit IS 'As posted.';
COMMENT ON COLUMN trial_result.upper_limit_number IS 'The same, where it is a number.';
COMMENT ON COLUMN trial_result.p_values IS 'As posted, of the analyses of this outcome that compare this arm; which is which stands in `trial_result_analysis`.';
COMMENT ON COLUMN trial_result.comment IS 'What the record adds to the value.';
COMMENT ON COLUMN trial_result.participants_analyzed IS 'In this arm, and in this class where it has counts of its own.';
COMMENT ON COLUMN trial_result.units_analyzed IS 'What was counted where that was not participants: lesions, eyes.';
COMMENT ON COLUMN trial_result.units_analyzed_count IS 'How many of them.';
COMMENT ON COLUMN trial_result.population IS 'Who was analysed, in the sponsor''s words.';
COMMENT ON COLUMN trial_result.reporting_status IS 'POSTED or NOT_POSTED.';
COMMENT ON COLUMN trial_result.arm_description IS 'What the record says of the arm.';
COMMENT ON COLUMN trial_result.group_id IS 'The arm''s number inside this outcome; it may change when the record is edited.';

COMMENT ON TABLE trial_result_analysis IS 'One row a statistical analysis posted with a primary outcome.';
COMMENT ON COLUMN trial_result_analysis.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_result_analysis.analysis_key IS 'Of outcome, arms, group description, method, estimate type and description.';
COMMENT ON COLUMN trial_result_analysis.outcome_key IS 'As in `trial_result`.';
COMMENT ON COLUMN trial_result_analysis.measure IS 'What is measured, as registered.';
COMMENT ON COLUMN trial_result_analysis.time_frame IS 'When it is measured, as registered.';
COMMENT ON COLUMN trial_result_analysis.arm_titles IS 'The `trial_result.arm_title` of the arms compared, in the registry''s order.';
COMMENT ON COLUMN trial_result_analysis.group_description IS 'What the groups are, in the record''s words.';
COMMENT ON COLUMN trial_result_analysis.method IS '`Log Rank`, `ANCOVA` …';
COMMENT ON COLUMN trial_result_analysis.method_comment IS 'As posted.';
COMMENT ON COLUMN trial_result_analysis.p_value IS 'As posted: `<0.001`.';
COMMENT ON COLUMN trial_result_analysis.p_value_operator IS '`=`, `<`, `<=`, `>`, `>=`; `NULL` where the text is no p value.';
COMMENT ON COLUMN trial_result_analysis.p_value_number IS 'The number in it, 0 to 1.';
COMMENT ON COLUMN trial_result_analysis.p_value_comment IS 'Adjustments, thresholds.';
COMMENT ON COLUMN trial_result_analysis.param_type IS 'What is estimated: `Hazard Ratio (HR)`, `Risk Difference (RD)` …';
COMMENT ON COLUMN trial_result_analysis.param_value IS 'As posted.';
COMMENT ON COLUMN trial_result_analysis.param_value_number IS '`param_value`, where it is a number.';
COMMENT ON COLUMN trial_result_analysis.ci_percent IS 'Confidence level: 95.';
COMMENT ON COLUMN trial_result_analysis.ci_sides IS 'ONE_SIDED or TWO_SIDED.';
COMMENT ON COLUMN trial_result_analysis.ci_lower IS 'As posted.';
COMMENT ON COLUMN trial_result_analysis.ci_lower_number IS '`ci_lower`, where it is a number.';
COMMENT ON COLUMN trial_result_analysis.ci_lower_comment IS 'As posted.';
COMMENT ON COLUMN trial_result_analysis.ci_upper IS 'As posted.';
COMMENT ON COLUMN trial_result_analysis.ci_upper_number IS '`ci_upper`, where it is a number.';
COMMENT ON COLUMN trial_result_analysis.ci_upper_comment IS 'As posted.';
COMMENT ON COLUMN trial_result_analysis.dispersion_type IS 'STANDARD_DEVIATION or STANDARD_ERROR_OF_MEAN.';
COMMENT ON COLUMN trial_result_analysis.dispersion_value IS 'As posted.';
COMMENT ON COLUMN trial_result_analysis.estimate_comment IS 'As posted.';
COMMENT ON COLUMN trial_result_analysis.is_non_inferiority_tested IS 'Stated in older records only.';
COMMENT ON COLUMN trial_result_analysis.non_inferiority_type IS 'SUPERIORITY, NON_INFERIORITY, EQUIVALENCE, OTHER, or an older combination of them.';
COMMENT ON COLUMN trial_result_analysis.non_inferiority_comment IS 'Margins.';
COMMENT ON COLUMN trial_result_analysis.description IS 'Where no test or estimate fits the form.';

COMMENT ON TABLE trial_target IS 'One row a trial and target that belong together. A mention under exclusion criteria, or a negated one, makes no row.';
COMMENT ON COLUMN trial_target.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_target.target IS '`target.target`.';
COMMENT ON COLUMN trial_target.basis IS 'The strongest reason: `override` (said by the user), `intervention`, `title`, `outcome`, `description`, `inclusion`, in that order.';
COMMENT ON COLUMN trial_target.agents IS 'The agents that led there; empty where the target itself is named.';
COMMENT ON COLUMN trial_target.mentions IS 'How many mentions say so; each stands in `mention`. 0 for a forced link that no text makes.';
COMMENT ON COLUMN trial_target.evidence IS 'The sentence of a mention with that basis; of an override, the reason given.';
COMMENT ON COLUMN trial_target.evidence_field IS 'Where that sentence stands (`interventions[0].name`); `NULL` for an override.';

COMMENT ON TABLE trial_pathway IS 'One row a trial and pathway of one of the lead agents it gives, or of a target that its arms name. So a trial without any of the targets still has a home.';
COMMENT ON COLUMN trial_pathway.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_pathway.pathway IS '`pathway.pathway`.';
COMMENT ON COLUMN trial_pathway.agents IS 'The lead agents that lead there.';

COMMENT ON TABLE trial_article IS 'One row a link between a trial and a paper that are both held, and who states it, for as long as it is stated. A paper may give a number that its trial once had; one that two trials had links to neither. Numbers with too few or too many digits, and `NCT00000000`, link to nothing; numbers of trials that are not held stand in `article.nct_ids` alone.

**Candidates.** A paper that gives no trial''s number may be about a trial whose number (the sponsor''s, or another registry''s), study name or agent it names. What else agrees is summed: sponsor, condition, phase, that it reports on a trial. A common target is no reason, nor are reviews, case reports or papers from before the trial; beside an agent alone, condition and report must agree. A paper that fits more than three trials alike fits none. Weights, words and the threshold are data: `models/article_candidates.toml`. A pair that someone states is no candidate.';
COMMENT ON COLUMN trial_article.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_article.pmid IS 'The paper''s number.';
COMMENT ON COLUMN trial_article.origin IS '`registry`, `databank`, `abstract`: who states it. `candidate`: nobody, see below.';
COMMENT ON COLUMN trial_article.reference_type IS 'The registry''s word, where the registry states it: RESULT, DERIVED, or BACKGROUND, which the sponsor cites and which is not about the trial.';
COMMENT ON COLUMN trial_article.score IS 'Of a candidate, 0 to 1.';
COMMENT ON COLUMN trial_article.reasons IS 'Of a candidate, what speaks for it, the strongest first.';
COMMENT ON COLUMN trial_article.first_seen_at IS 'When this trial, paper and origin were first tied here, however often the table was made anew.';

COMMENT ON TABLE trial_article_log IS 'One row a link of `trial_article` as it stood for a time, so that a letter written again reads what held at its end.';
COMMENT ON COLUMN trial_article_log.nct_id IS 'These columns as in `trial_article`.';
COMMENT ON COLUMN trial_article_log.pmid IS 'The paper''s number.';
COMMENT ON COLUMN trial_article_log.origin IS 'As in `trial_article`.';
COMMENT ON COLUMN trial_article_log.reference_type IS 'As in `trial_article`.';
COMMENT ON COLUMN trial_article_log.score IS 'As in `trial_article`.';
COMMENT ON COLUMN trial_article_log.reasons IS 'As in `trial_article`.';
COMMENT ON COLUMN trial_article_log.first_seen_at IS 'The run that saw it first.';
COMMENT ON COLUMN trial_article_log.since_at IS 'The run from which on it stood.';
COMMENT ON COLUMN trial_article_log.ended_at IS 'When it was first stated otherwise or no more; `NULL` while it stands.';

COMMENT ON VIEW trial_retraction IS 'One row a trial, a paper that was ever tied to it by a statement, and a time that the paper was retracted or put under concern, or that its retraction was withdrawn. These are PubMed''s; a `retraction` of `trial_change` is what the registry''s own record says of a paper it cites. A retraction may take out the very text or number that tied the paper: the link ends, and stands here as `is_stated = false`. So letters and `trialwatch history` tell it, too.

```sql SELECT nct_id, pmid, related_pmid AS notice, is_stated, source_date, observed_at FROM trial_retraction WHERE kind = ''retracted'' AND origin <> ''backfill''; ```';
COMMENT ON COLUMN trial_retraction.nct_id IS 'The trial''s number.';
COMMENT ON COLUMN trial_retraction.pmid IS 'The paper.';
COMMENT ON COLUMN trial_retraction.kind IS '`retracted`, `retraction_withdrawn`, `concern`, and the next columns, as in `article_event`.';
COMMENT ON COLUMN trial_retraction.detail IS 'As in `article_event`.';
COMMENT ON COLUMN trial_retraction.related_pmid IS 'The notice.';
COMMENT ON COLUMN trial_retraction.link_origins IS 'Who ever stated the link: `registry`, `databank`, `abstract`. Candidates are none.';
COMMENT ON COLUMN trial_retraction.is_background IS 'It is only cited as background.';
COMMENT ON COLUMN trial_retraction.is_stated IS 'The link is stated still.';
COMMENT ON COLUMN trial_retraction.source_date IS 'As in `article_event`.';
COMMENT ON COLUMN trial_retraction.observed_at IS 'The run that first saw it.';
COMMENT ON COLUMN trial_retraction.origin IS 'Of the event.';
COMMENT ON COLUMN trial_retraction.run_id IS 'The run that wrote the row: `run.run_id`.';
