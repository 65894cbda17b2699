-- purpose: how the newest letter went, and every message in doubt, refused or waiting
-- grain: one row: the newest period and its recipients, and lists of what is open, newest first
-- note: recipients who missed weeks have the newest letter under another name; it ends on the same day
WITH newest AS (
    SELECT period, until_at
    FROM delivery
    WHERE kind = 'letter' AND state <> 'dropped'
    ORDER BY until_at DESC, state = 'sent' DESC, planned_at DESC, period
    LIMIT 1
),
open AS (
    SELECT
        CASE WHEN state = 'sending' THEN 'doubt' ELSE state END AS state,
        {
            'recipient': recipient,
            'kind': kind,
            'period': period,
            'answer': answer,
            'is_permanent': is_permanent,
            'next_try_at': next_try_at
        } AS message,
        planned_at
    FROM delivery
    WHERE state IN ('doubt', 'sending', 'refused', 'planned')
)
SELECT
    (SELECT period FROM newest) AS period,
    (
        SELECT count(DISTINCT recipient)
        FROM delivery
        WHERE kind = 'letter' AND state = 'sent' AND until_at IN (SELECT until_at FROM newest)
    ) AS sent,
    (SELECT count(*) FROM delivery WHERE kind = 'alert' AND state = 'sent') AS alerts,
    (SELECT coalesce(list(message ORDER BY planned_at DESC), []) FROM open WHERE state = 'doubt') AS doubt,
    (SELECT coalesce(list(message ORDER BY planned_at DESC), []) FROM open WHERE state = 'refused') AS refused,
    (SELECT coalesce(list(message ORDER BY planned_at DESC), []) FROM open WHERE state = 'planned') AS planned
