-- purpose: the views of the public face over the tables; made anew whenever the working file is opened for writing
-- grain: said at each view

-- One row a trial ever served: its newest state in source order, and how it stands in the registry.
CREATE OR REPLACE VIEW trial AS
SELECT
    t.* EXCLUDE (version_id),
    s.registry_state,
    s.first_seen_at,
    s.last_checked_at,
    'https://clinicaltrials.gov/study/' || t.nct_id AS url
FROM trial_record AS t
-- One row a trial, said so that DuckDB leaves this join out of a query that asks for none of its columns.
LEFT JOIN (
    SELECT
        nct_id,
        any_value(registry_state) AS registry_state,
        any_value(first_seen_at) AS first_seen_at,
        any_value(last_checked_at) AS last_checked_at
    FROM trial_sighting
    GROUP BY nct_id
) AS s USING (nct_id);

-- One row a version, numbered in source order; the payload as received. content_hash is not unique (A, B, A).
CREATE OR REPLACE VIEW trial_version AS
SELECT
    nct_id,
    row_number() OVER (
        PARTITION BY nct_id
        ORDER BY source_submit_date NULLS FIRST, coalesce(registry_version, -1), source_day, learnt_no
    ) AS version_no,
    content_hash,
    origin,
    source_submit_date,
    source_post_date,
    source_day,
    first_seen_at,
    run_id,
    overall_status,
    payload,
    version_id,
    markup,
    registry_version,
    is_sighting
FROM trial_version_log;

-- One row a pair of neighbouring versions that differ in administrative fields, which no change row tells.
CREATE OR REPLACE VIEW trial_edit AS
SELECT * EXCLUDE (superseded_at)
FROM trial_edit_log
WHERE superseded_at IS NULL;

-- One row a typed change between neighbouring versions, as it stands now.
CREATE OR REPLACE VIEW trial_change AS
SELECT * EXCLUDE (superseded_at)
FROM trial_change_log
WHERE superseded_at IS NULL;

-- One row a status change.
CREATE OR REPLACE VIEW trial_status_change AS
SELECT
    nct_id,
    old_value AS old_status,
    new_value AS new_status,
    detail ->> 'transition' AS transition,
    detail ->> 'why_stopped' AS why_stopped,
    source_submit_date,
    source_post_date,
    observed_at,
    origin,
    run_id,
    source_day,
    change_id
FROM trial_change
WHERE kind = 'status';

-- One row a version with the day from which it holds in source time: the day the sponsor submitted it, or, where the
-- submit date did not move (the registry set something), the day it was first served. Never before its predecessor.
CREATE OR REPLACE VIEW trial_version_from AS
SELECT
    nct_id,
    version_no,
    content_hash,
    origin,
    source_submit_date,
    source_post_date,
    source_day,
    first_seen_at,
    run_id,
    overall_status,
    payload,
    version_id,
    markup,
    registry_version,
    is_sighting,
    valid_from_basis,
    valid_from
FROM trial_version_log;

-- One row a spell of one status, half-open in source time; valid_to NULL is the current one.
CREATE OR REPLACE VIEW trial_status_history AS
SELECT nct_id, overall_status AS status, valid_from, status_valid_to AS valid_to, valid_from_basis, is_start_known
FROM trial_version_log
WHERE is_status_start;

-- One row a date that became actual: how long the sponsor took to say so, and the registry to post it. Days are signed.
CREATE OR REPLACE VIEW trial_registry_lag AS
SELECT
    c.nct_id,
    c.kind,
    d.actual_date,
    c.source_submit_date,
    c.source_post_date,
    c.observed_at,
    c.source_submit_date - d.actual_date AS days_to_submit,
    c.source_post_date - d.actual_date AS days_to_post,
    c.change_id
FROM trial_change AS c,
    -- A month stands for its last day: the lag is at least this long.
    LATERAL (
        SELECT CASE length(c.new_value)
            WHEN 10 THEN TRY_CAST(c.new_value AS DATE)
            WHEN 7 THEN last_day(TRY_CAST(c.new_value || '-01' AS DATE))
        END AS actual_date
    ) AS d
WHERE c.action = 'actualised';

-- Each trial as it stood at the end of a day by its source's own dates.
CREATE OR REPLACE MACRO trial_as_of(on_day) AS TABLE
SELECT nct_id, version_no, valid_from, unnest(state)
FROM trial_version_log
WHERE valid_from <= CAST(on_day AS DATE) AND (valid_to IS NULL OR valid_to > CAST(on_day AS DATE));

-- Each trial as this warehouse knew it at an instant (UTC): the newest state learnt by then.
CREATE OR REPLACE MACRO trial_known_at(instant) AS TABLE
SELECT l.nct_id, l.version_no, l.first_seen_at, unnest(l.state)
FROM trial_version_log AS l
JOIN (
    SELECT nct_id, max(version_no) AS version_no
    FROM trial_version_log
    WHERE first_seen_at <= CAST(instant AS TIMESTAMP)
    GROUP BY nct_id
) AS newest USING (nct_id, version_no);

-- One row a trial first seen after its item was already watched and posted not long before: what a reader calls new.
CREATE OR REPLACE VIEW new_trial AS
-- A changed question, or an item put back on the list, begins anew: its first night is a baseline again.
WITH question_start AS (
    SELECT item, query_hash, min(checked_at) AS first_proved_at
    FROM source_check
    WHERE source = 'clinicaltrials' AND outcome = 'proved'
    GROUP BY ALL
),
matched AS (
    SELECT
        m.record AS nct_id,
        m.first_matched_at,
        CASE
            WHEN i.added_at <= m.first_matched_at THEN greatest(s.first_proved_at, i.added_at)
            ELSE s.first_proved_at
        END AS first_proved_at
    FROM watch_match AS m
    JOIN source_check AS c
        ON c.source = m.source AND c.item = m.item AND c.checked_at = m.first_matched_at AND c.outcome <> 'same_day'
    JOIN question_start AS s ON s.item = c.item AND s.query_hash = c.query_hash
    JOIN watch_item AS i ON i.item = m.item
    WHERE m.source = 'clinicaltrials'
),
first_match AS (
    -- Of the items that had found it when it was first seen, the one watched longest decides.
    SELECT m.nct_id, min(m.first_proved_at) AS first_proved_at
    FROM matched AS m
    JOIN trial_sighting AS s USING (nct_id)
    WHERE m.first_matched_at <= s.first_seen_at
    GROUP BY m.nct_id
)
SELECT t.nct_id, t.first_post_date, t.first_seen_at
FROM trial AS t
JOIN first_match AS m USING (nct_id)
WHERE t.first_post_date >= CAST(m.first_proved_at AS DATE) - 14
    -- A trial held that answers under another number from this night on is not new.
    AND NOT EXISTS (
        FROM trial_change AS c
        WHERE c.kind = 'identity'
            AND c.action = 'changed'
            AND c.new_value = t.nct_id
            AND c.nct_id <> t.nct_id
            AND c.observed_at <= t.first_seen_at
    );

-- One row an article ever fetched: its newest version and whether PubMed still holds it. Only its notice may have said
-- that it is retracted.
CREATE OR REPLACE VIEW article AS
SELECT
    a.* EXCLUDE (
        databank_nct_ids, text_nct_ids, content_hash, run_id,
        vernacular_title, pub_date_end, revised_date, is_book,
        author_details, mesh_headings, keywords, chemicals, grants, other_abstracts
    ) REPLACE (a.is_retracted OR coalesce(t.is_retracted, false) AS is_retracted),
    list_sort(list_distinct(list_concat(a.databank_nct_ids, a.text_nct_ids))) AS nct_ids,
    s.state,
    s.first_seen_at,
    s.last_seen_at,
    'https://pubmed.ncbi.nlm.nih.gov/' || a.pmid || '/' AS url,
    a.vernacular_title,
    a.pub_date_end,
    a.revised_date,
    a.is_book,
    a.author_details,
    a.mesh_headings,
    a.keywords,
    a.chemicals,
    a.grants,
    a.other_abstracts
FROM article_record AS a
JOIN article_sighting AS s USING (pmid)
LEFT JOIN (
    SELECT
        pmid,
        count(*) FILTER (kind = 'retracted') > count(*) FILTER (kind = 'retraction_withdrawn') AS is_retracted
    FROM article_event
    WHERE kind IN ('retracted', 'retraction_withdrawn')
    GROUP BY pmid
) AS t USING (pmid);

-- One row a trial, a paper that was ever tied to it by a statement, and a time that it was retracted, put under concern,
-- or that its retraction was withdrawn. What a retraction takes out of a record may be what tied it.
CREATE OR REPLACE VIEW trial_retraction AS
SELECT
    l.nct_id,
    e.pmid,
    e.kind,
    e.detail,
    e.related_pmid,
    l.link_origins,
    l.is_background,
    l.is_stated,
    e.source_date,
    e.observed_at,
    e.origin,
    e.run_id
FROM article_event AS e
JOIN (
    SELECT
        nct_id,
        pmid,
        list(DISTINCT origin ORDER BY origin) AS link_origins,
        coalesce(
            bool_and(reference_type IS NOT DISTINCT FROM 'BACKGROUND') FILTER (ended_at IS NULL),
            bool_and(reference_type IS NOT DISTINCT FROM 'BACKGROUND')
        ) AS is_background,
        bool_or(ended_at IS NULL) AS is_stated
    FROM trial_article_log
    WHERE origin <> 'candidate'
    GROUP BY nct_id, pmid
) AS l USING (pmid)
WHERE e.kind IN ('retracted', 'retraction_withdrawn', 'concern');

-- One row a claim of a review: its verdict as it stands, judged last at as_of; the log holds the ones before.
CREATE OR REPLACE VIEW review_verdict AS
SELECT
    v.review,
    v.claim,
    v.verdict,
    v.rule,
    v.reason,
    v.evidence,
    (
        SELECT max(r.clock_at)
        FROM run AS r
        JOIN run_step AS s USING (run_id)
        WHERE s.step = 'review' AND s.status = 'done'
    ) AS as_of,
    v.since_at,
    v.previous_verdict,
    v.is_read,
    v.verdict_id
FROM review_verdict_log AS v
WHERE v.ended_at IS NULL;
