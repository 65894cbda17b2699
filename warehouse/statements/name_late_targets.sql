-- purpose: of papers that entered long ago and were found since a revision, what they name
-- parameters: run_id
UPDATE article_event
SET detail = t.targets
FROM (
    SELECT pmid, string_agg(target, ', ' ORDER BY in_title DESC, mentions DESC, target) AS targets
    FROM article_target
    GROUP BY pmid
) AS t
WHERE t.pmid = article_event.pmid
    AND article_event.kind = 'now_mentions'
    AND article_event.detail IS NULL
    AND article_event.run_id = $run_id
