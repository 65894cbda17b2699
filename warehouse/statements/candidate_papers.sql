-- purpose: what some papers say that can tell which trial they are about
-- grain: one row a paper
-- parameters: pmids
WITH named AS (
    SELECT
        m.doc_id AS pmid,
        list(DISTINCT m.agent ORDER BY m.agent) AS agents,
        list(DISTINCT m.agent ORDER BY m.agent) FILTER (m.role = 'title') AS title_agents
    FROM mention AS m
    JOIN agent AS a USING (agent)
    WHERE m.doc_type = 'article' AND NOT m.is_negated AND a.role = 'lead' AND m.doc_id IN (SELECT unnest($pmids))
    GROUP BY m.doc_id
)
SELECT
    r.pmid,
    r.title,
    r.abstract,
    r.publication_types,
    list_concat(r.mesh, coalesce(r.keywords, [])) AS subjects,
    -- Authors stand here for the groups among them; who was read before the rest was kept has only those.
    list_distinct(
        list_concat(
            r.authors,
            coalesce(flatten(list_transform(r.author_details, lambda one: one.affiliations)), []),
            coalesce(list_transform(r.grants, lambda one: one.agency), [])
        )
    ) AS bodies,
    coalesce(n.agents, []) AS agents,
    coalesce(n.title_agents, []) AS title_agents,
    list_concat(r.databank_nct_ids, r.text_nct_ids) AS nct_ids,
    r.entrez_date
FROM article_record AS r
LEFT JOIN named AS n USING (pmid)
WHERE r.pmid IN (SELECT unnest($pmids))
ORDER BY r.pmid
