-- purpose: what was known of some trials at an instant, and the section of a letter each belongs in
-- grain: one row a trial asked for, also where no version of it is held
-- parameters: nct_ids, until
WITH known AS (
    SELECT nct_id, state
    FROM trial_version_log
    WHERE nct_id IN (SELECT unnest($nct_ids)) AND first_seen_at < $until
    QUALIFY row_number() OVER (
        PARTITION BY nct_id
        ORDER BY source_submit_date DESC NULLS LAST, coalesce(registry_version, -1) DESC, source_day DESC, learnt_no DESC
    ) = 1
),
-- A link that came or went since is left out, or put back, as it stood then.
moved AS (
    SELECT doc_id AS nct_id, target, arg_min((move, basis, mentions), (observed_at, run_id)) AS first
    FROM link_move
    WHERE doc_type = 'trial' AND observed_at >= $until
    GROUP BY doc_id, target
),
linked AS (
    SELECT nct_id, target, basis, mentions FROM trial_target ANTI JOIN moved USING (nct_id, target)
    UNION ALL
    SELECT nct_id, target, first[2], first[3] FROM moved WHERE first[1] = 'lost'
),
targeted AS (
    SELECT
        nct_id,
        list(target ORDER BY place, mentions DESC, target) AS targets
    FROM (
        SELECT
            *,
            list_position(['override', 'intervention', 'title', 'outcome', 'description', 'inclusion'], basis) AS place
        FROM linked
    )
    GROUP BY nct_id
),
homed AS (
    SELECT
        nct_id,
        arg_min(pathway, (-len(agents), pathway)) AS pathway,
        list(pathway ORDER BY pathway) AS pathways
    FROM trial_pathway
    GROUP BY nct_id
),
drug AS (
    SELECT doc_id AS nct_id, list(DISTINCT agent ORDER BY agent) AS agents
    FROM mention
    WHERE doc_type = 'trial'
        AND doc_id IN (SELECT unnest($nct_ids))
        AND agent IS NOT NULL
        AND NOT is_negated
        AND role NOT IN ('inclusion', 'exclusion')
    GROUP BY doc_id
)
SELECT
    a.nct_id,
    k.state.brief_title AS title,
    k.state.phases AS phases,
    k.state.lead_sponsor AS sponsor,
    k.state.overall_status AS status,
    k.state.first_post_date AS first_post_date,
    t.targets,
    h.pathway,
    h.pathways,
    d.agents,
    k.state.collaborators AS collaborators,
    k.state.conditions AS conditions
FROM (SELECT unnest($nct_ids) AS nct_id) AS a
LEFT JOIN known AS k USING (nct_id)
LEFT JOIN targeted AS t USING (nct_id)
LEFT JOIN homed AS h USING (nct_id)
LEFT JOIN drug AS d USING (nct_id)
