-- purpose: the targets of the vocabulary in the order of their names, and whether someone watches them, directly or by an agent
-- grain: one row a target
SELECT
    t.target,
    t.target IN (
        SELECT name FROM watch_item WHERE is_active AND kind = 'target'
        UNION ALL
        SELECT a.target
        FROM watch_item AS w
        JOIN agent_action AS a ON a.agent = w.name AND a.makes_link
        WHERE w.is_active AND w.kind = 'agent' AND a.target IS NOT NULL
    ) AS is_watched
FROM target AS t
ORDER BY t.target
