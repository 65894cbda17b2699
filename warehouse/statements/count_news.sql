-- purpose: what one run found, in the words of its closing line
-- grain: one row a kind of news
-- parameters: run_id, clock
SELECT transition AS news, count(*) AS number
FROM trial_status_change
WHERE run_id = $run_id AND origin <> 'backfill'
GROUP BY transition
UNION ALL
SELECT 'new_trial', count(*) FROM new_trial WHERE first_seen_at = $clock
UNION ALL
SELECT 'new_article', count(*)
FROM article_event
WHERE run_id = $run_id
    AND kind = 'new'
    AND origin = 'live'
    AND pmid NOT IN (
        SELECT pmid
        FROM article_correction
        WHERE ref_type IN ('RetractionOf', 'ExpressionOfConcernFor', 'ErratumFor')
            AND related_pmid <> pmid
    )
UNION ALL
SELECT 'trial_tracked', count(*)
FROM trial_sighting
WHERE first_seen_at = $clock AND nct_id NOT IN (SELECT nct_id FROM new_trial)
UNION ALL
SELECT 'article_tracked', count(*) FROM article_event WHERE run_id = $run_id AND kind = 'new' AND origin = 'backfill'
UNION ALL
SELECT 'retracted', count(*) FROM article_event WHERE run_id = $run_id AND kind = 'retracted' AND origin = 'live'
UNION ALL
SELECT 'other_change', count(DISTINCT nct_id)
FROM trial_change
WHERE run_id = $run_id AND origin <> 'backfill' AND kind <> 'status' AND weight <> 'low'
