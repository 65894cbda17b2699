-- purpose: what of each trial can stand in a paper that does not give its number
-- grain: one row a trial, in order
WITH given AS (
    SELECT m.doc_id AS nct_id, list(DISTINCT m.agent ORDER BY m.agent) AS agents
    FROM mention AS m
    JOIN agent AS a USING (agent)
    WHERE m.doc_type = 'trial' AND m.role = 'arm' AND NOT m.is_negated AND a.role = 'lead'
    GROUP BY m.doc_id
),
named AS (
    SELECT i.nct_id, list(DISTINCT i.name ORDER BY i.name) AS interventions
    FROM (
        SELECT nct_id, unnest(list_append(other_names, name)) AS name
        FROM trial_intervention
        WHERE intervention_type IN ('DRUG', 'BIOLOGICAL', 'COMBINATION_PRODUCT', 'GENETIC', 'DIETARY_SUPPLEMENT')
    ) AS i
    -- What a backbone is called tells no trial from another.
    WHERE lower(i.name) NOT IN (
        SELECT lower(s.synonym)
        FROM synonym AS s
        JOIN agent AS a ON a.agent = s.name
        WHERE s.kind = 'agent' AND a.role = 'backbone'
    )
    GROUP BY i.nct_id
),
numbered AS (
    SELECT nct_id, list(DISTINCT id ORDER BY id) AS numbers
    FROM trial_secondary_id
    -- Grants pay for many trials; another NCT number is of another trial, or links by itself.
    WHERE scheme NOT IN ('nct', 'nih')
    GROUP BY nct_id
)
SELECT
    t.nct_id,
    coalesce(t.acronym, '') AS acronym,
    list_filter([t.brief_title, t.official_title], lambda title: title IS NOT NULL) AS titles,
    coalesce(n.numbers, []) AS numbers,
    coalesce(g.agents, []) AS agents,
    coalesce(i.interventions, []) AS interventions,
    list_filter(list_prepend(t.lead_sponsor, t.collaborators), lambda name: name IS NOT NULL) AS sponsors,
    t.conditions,
    t.phases,
    t.start_date
FROM trial_record AS t
LEFT JOIN given AS g USING (nct_id)
LEFT JOIN named AS i USING (nct_id)
LEFT JOIN numbered AS n USING (nct_id)
ORDER BY t.nct_id
