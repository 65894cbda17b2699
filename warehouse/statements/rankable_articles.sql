-- purpose: what of some papers says how much they weigh
-- grain: one row a paper
-- parameters: pmids
-- note: a paper that the sponsor cites as background is not about the trial; one that is retracted stays about the trials
-- note: it was ever tied to, for the retraction may have taken out what tied it
WITH tied AS (
    SELECT pmid, nct_id, origin, reference_type FROM trial_article
    UNION ALL
    SELECT pmid, nct_id, origin, reference_type
    FROM trial_article_log
    WHERE pmid IN (SELECT pmid FROM article WHERE is_retracted)
),
linked AS (
    SELECT pmid, list(DISTINCT nct_id ORDER BY nct_id) AS nct_ids
    FROM tied
    WHERE origin <> 'candidate' AND reference_type IS DISTINCT FROM 'BACKGROUND' AND pmid IN (SELECT unnest($pmids))
    GROUP BY pmid
),
named AS (
    SELECT
        doc_id AS pmid,
        list(DISTINCT agent ORDER BY agent) FILTER (agent IS NOT NULL) AS agents,
        list(DISTINCT agent ORDER BY agent) FILTER (
            target IS NOT NULL AND via = 'agent' AND agent IN (SELECT agent FROM agent WHERE role = 'lead')
        ) AS leads,
        list_sort(list(DISTINCT {'target': target, 'sentence': sentence}) FILTER (target IS NOT NULL)) AS named
    FROM mention
    WHERE doc_type = 'article' AND NOT is_negated AND doc_id IN (SELECT unnest($pmids))
    GROUP BY doc_id
)
SELECT
    r.pmid,
    r.title,
    r.abstract,
    r.publication_types,
    list_concat(r.mesh, coalesce(r.keywords, [])) AS subjects,
    coalesce(l.nct_ids, []) AS nct_ids,
    coalesce(n.agents, []) AS agents,
    coalesce(n.leads, []) AS leads,
    coalesce(n.named, []) AS named
FROM article_record AS r
LEFT JOIN linked AS l USING (pmid)
LEFT JOIN named AS n USING (pmid)
WHERE r.pmid IN (SELECT unnest($pmids))
ORDER BY r.pmid
