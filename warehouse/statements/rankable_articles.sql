-- purpose: what of some papers says how much they weigh
-- grain: one row a paper
-- parameters: pmids
-- note: a paper that the sponsor cites as background is not about the trial
WITH linked AS (
    SELECT pmid, list(DISTINCT nct_id ORDER BY nct_id) AS nct_ids
    FROM trial_article
    WHERE origin <> 'candidate' AND reference_type IS DISTINCT FROM 'BACKGROUND' AND pmid IN (SELECT unnest($pmids))
    GROUP BY pmid
),
named AS (
    SELECT
        doc_id AS pmid,
        list(DISTINCT agent ORDER BY agent) FILTER (agent IS NOT NULL) AS agents,
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
    coalesce(n.named, []) AS named
FROM article_record AS r
LEFT JOIN linked AS l USING (pmid)
LEFT JOIN named AS n USING (pmid)
WHERE r.pmid IN (SELECT unnest($pmids))
ORDER BY r.pmid
