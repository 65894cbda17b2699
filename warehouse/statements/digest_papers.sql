-- purpose: what happened to papers in a span, with what they weighed and which trials they were tied to at its end
-- grain: one row an event
-- note: nth is how often the same was told of a paper by then: retracted again, out of PubMed again
-- note: former_ids are trials that a paper was tied to before: its retraction may have taken out what tied it
-- parameters: since, until
WITH notice AS (
    SELECT pmid
    FROM article_correction
    WHERE ref_type IN ('RetractionOf', 'ExpressionOfConcernFor', 'ErratumFor') AND related_pmid <> pmid
    UNION
    -- It may have taken back what it said.
    SELECT related_pmid
    FROM article_event
    WHERE kind IN ('retracted', 'concern', 'corrected') AND related_pmid IS NOT NULL AND observed_at < $until
),
-- A link that came or went since is left out, or put back, as it stood then.
moved AS (
    SELECT doc_id AS pmid, target, arg_min((move, basis, mentions), (observed_at, run_id)) AS first
    FROM link_move
    WHERE doc_type = 'article' AND observed_at >= $until
    GROUP BY doc_id, target
),
named AS (
    SELECT pmid, target, in_title, mentions FROM article_target ANTI JOIN moved USING (pmid, target)
    UNION ALL
    SELECT pmid, target, first[2] = 'title', first[3] FROM moved WHERE first[1] = 'lost'
),
gone AS (
    SELECT pmid
    FROM article_event
    WHERE kind IN ('deleted', 'merged', 'restored') AND observed_at < $until
    GROUP BY pmid
    HAVING count(*) FILTER (kind <> 'restored') > count(*) FILTER (kind = 'restored')
),
learnt AS (
    SELECT DISTINCT pmid, CASE detail WHEN 'RetractionIn' THEN 'retracted' ELSE 'concern' END AS kind, related_pmid
    FROM article_event
    WHERE kind = 'revised' AND detail IN ('RetractionIn', 'ExpressionOfConcernIn') AND observed_at >= $until
),
-- What a paper names again is what it named before.
counted AS (
    SELECT
        *,
        CASE WHEN kind IN ('new', 'now_mentions') THEN 1 ELSE row_number() OVER (
            PARTITION BY pmid, kind, detail, related_pmid ORDER BY observed_at
        ) END AS nth
    FROM article_event
),
targeted AS (
    SELECT pmid, list(target ORDER BY in_title DESC, mentions DESC, target) AS targets FROM named GROUP BY pmid
),
drug AS (
    SELECT
        m.doc_id AS pmid,
        list_sort(list_distinct(list(m.agent))) AS agents,
        list_sort(list_distinct(flatten(list(a.pathways)))) AS pathways
    FROM mention AS m
    JOIN agent AS a USING (agent)
    WHERE m.doc_type = 'article' AND NOT m.is_negated
    GROUP BY m.doc_id
),
pathed AS (
    SELECT a.pmid, list(DISTINCT t.pathway) AS pathways
    FROM article_target AS a
    JOIN target AS t USING (target)
    WHERE t.pathway <> ''
    GROUP BY a.pmid
),
tied AS (
    SELECT
        pmid,
        nct_id,
        bool_or(is_standing) AS is_standing,
        bool_and(reference_type IS NOT DISTINCT FROM 'BACKGROUND') FILTER (is_standing) AS is_background
    FROM (
        SELECT *, ended_at IS NULL OR ended_at >= $until AS is_standing
        FROM trial_article_log
        WHERE origin <> 'candidate' AND since_at < $until
    )
    GROUP BY pmid, nct_id
),
linked AS (
    SELECT
        pmid,
        list(nct_id ORDER BY nct_id) FILTER (is_standing AND NOT is_background) AS nct_ids,
        list(nct_id ORDER BY nct_id) FILTER (is_standing AND is_background) AS background_ids,
        list(nct_id ORDER BY nct_id) FILTER (NOT is_standing) AS former_ids
    FROM tied
    GROUP BY pmid
),
-- The papers of the list at the end of the span, by their numbers.
watched AS (
    SELECT name AS pmid
    FROM watch_item
    WHERE kind = 'article' AND added_at < $until AND (removed_at IS NULL OR removed_at >= $until)
),
ranked AS (
    SELECT pmid, rank, weight, reason
    FROM article_rank_log
    -- One weighed only later (by a newer release) has the first weight it was given.
    QUALIFY row_number() OVER (
        PARTITION BY pmid
        ORDER BY since_at < $until AND (ended_at IS NULL OR ended_at >= $until) DESC, since_at, ended_at NULLS LAST
    ) = 1
)
SELECT
    e.pmid,
    e.kind,
    w.pmid IS NOT NULL AS is_watched,
    e.detail,
    e.nth,
    -- A notice that was learnt only after the span.
    CASE WHEN n.pmid IS NULL THEN e.related_pmid END AS related_pmid,
    a.title,
    a.journal,
    -- A day or month is written as letters write dates; seasons and spans of years stay in the journal's own words.
    CASE a.pub_date_precision
        WHEN 'day' THEN strftime(a.pub_date, '%Y-%m-%d')
        WHEN 'month' THEN strftime(a.pub_date, '%Y-%m')
        ELSE a.pub_date_text
    END AS pub_date_text,
    t.targets,
    d.agents,
    list_sort(list_distinct(list_concat(coalesce(p.pathways, []), coalesce(d.pathways, [])))) AS pathways,
    a.mesh,
    l.nct_ids,
    l.background_ids,
    l.former_ids,
    r.rank,
    r.weight,
    r.reason
FROM counted AS e
JOIN article_record AS a ON a.pmid = e.pmid
LEFT JOIN targeted AS t ON t.pmid = e.pmid
LEFT JOIN learnt AS n ON n.pmid = e.pmid AND n.kind = e.kind AND n.related_pmid = e.related_pmid
LEFT JOIN drug AS d ON d.pmid = e.pmid
LEFT JOIN pathed AS p ON p.pmid = e.pmid
LEFT JOIN linked AS l ON l.pmid = e.pmid
LEFT JOIN ranked AS r ON r.pmid = e.pmid
LEFT JOIN watched AS w ON w.pmid = e.pmid
WHERE e.observed_at >= $since
    AND e.observed_at < $until
    AND e.origin <> 'backfill'
    AND (
        e.kind IN (
            'new', 'now_mentions', 'retracted', 'retraction_withdrawn', 'concern', 'corrected', 'deleted', 'merged', 'restored'
        )
        -- Of a paper of the list also what takes its place.
        OR (
            e.kind = 'revised'
            AND w.pmid IS NOT NULL
            AND (e.detail IN ('UpdateIn', 'RepublishedIn') OR starts_with(e.detail, 'version'))
        )
    )
    -- Nor is one recommended that PubMed has taken out since.
    AND NOT (e.kind IN ('new', 'now_mentions') AND e.pmid IN (FROM gone))
    -- A notice is told with the paper it is about, not as a paper.
    AND NOT (e.kind IN ('new', 'now_mentions') AND e.pmid IN (FROM notice))
ORDER BY e.pmid DESC, e.observed_at, e.kind, e.detail, e.related_pmid
