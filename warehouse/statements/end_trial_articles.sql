-- purpose: close what trial_article does not say any more, or says otherwise
-- parameters: clock
UPDATE trial_article_log AS l
SET ended_at = $clock
WHERE l.ended_at IS NULL
    AND NOT EXISTS (
        FROM trial_article AS t
        WHERE t.nct_id = l.nct_id
            AND t.pmid = l.pmid
            AND t.origin = l.origin
            AND t.reference_type IS NOT DISTINCT FROM l.reference_type
            AND t.score IS NOT DISTINCT FROM l.score
            AND t.reasons IS NOT DISTINCT FROM l.reasons
    )
