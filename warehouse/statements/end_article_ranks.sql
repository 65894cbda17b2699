-- purpose: close what article_rank does not say any more, or says otherwise
-- parameters: clock
UPDATE article_rank_log AS l
SET ended_at = $clock
WHERE l.ended_at IS NULL
    AND NOT EXISTS (
        FROM article_rank AS r
        WHERE r.pmid = l.pmid
            AND r.rank = l.rank
            AND r.weight = l.weight
            AND r.rule = l.rule
            AND r.reason = l.reason
            AND r.detail = l.detail
    )
