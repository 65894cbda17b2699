-- purpose: what happened to papers in a span, with what they weighed and which trials they were tied to at its end
-- grain: one row an event
-- parameters: since, until
WITH notice AS (
    SELECT pmid
    FROM article_correction
    WHERE ref_type IN ('RetractionOf', 'ExpressionOfConcernFor', 'ErratumFor')
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
    SELECT pmid, nct_id, bool_and(reference_type IS NOT DISTINCT FROM 'BACKGROUND') AS is_background
    FROM trial_article_log
    WHERE origin <> 'candidate' AND since_at < $until AND (ended_at IS NULL OR ended_at >= $until)
    GROUP BY pmid, nct_id
),
linked AS (
    SELECT
        pmid,
        list(nct_id ORDER BY nct_id) FILTER (NOT is_background) AS nct_ids,
        list(nct_id ORDER BY nct_id) FILTER (is_background) AS background_ids
    FROM tied
    GROUP BY pmid
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
    e.detail,
    e.related_pmid,
    a.title,
    a.journal,
    -- A day or month is written as letters write dates; seasons and spans of years stay in the journal's own words.
    CASE a.pub_date_precision
        WHEN 'day' THEN strftime(a.pub_date, '%Y-%m-%d')
        WHEN 'month' THEN strftime(a.pub_date, '%Y-%m')
        ELSE a.pub_date_text
    END AS pub_date_text,
    t.targets,
    n.agents,
    list_sort(list_distinct(list_concat(coalesce(p.pathways, []), coalesce(n.pathways, [])))) AS pathways,
    a.mesh,
    l.nct_ids,
    l.background_ids,
    r.rank,
    r.weight,
    r.reason
FROM article_event AS e
JOIN article_record AS a USING (pmid)
LEFT JOIN targeted AS t USING (pmid)
LEFT JOIN drug AS n USING (pmid)
LEFT JOIN pathed AS p USING (pmid)
LEFT JOIN linked AS l USING (pmid)
LEFT JOIN ranked AS r USING (pmid)
WHERE e.observed_at >= $since
    AND e.observed_at < $until
    AND e.origin <> 'backfill'
    AND e.kind IN ('new', 'now_mentions', 'retracted', 'concern', 'corrected', 'deleted', 'merged', 'restored')
    -- A notice is told with the paper it is about, not as a paper.
    AND NOT (e.kind IN ('new', 'now_mentions') AND e.pmid IN (FROM notice))
ORDER BY e.pmid DESC, e.kind, e.detail, e.related_pmid
